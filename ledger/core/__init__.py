"""The pure core of the ledger: bytes in, bytes out. No Django, no files, no clock."""
