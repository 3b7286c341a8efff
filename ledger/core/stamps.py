"""What an RFC 3161 time stamp is about, read without any library: the imprint that it signs.

    MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier (SHA-256), hashedMessage }

Whether its signature holds needs the authority's certificate: `ledger.verify.stamping`.
"""

from hashlib import sha256

_SHA256 = bytes.fromhex("0609608648016503040201")  # OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.1
_IMPRINTS = (  # with and without the NULL parameters; the 32 bytes follow
    bytes.fromhex("3031300d") + _SHA256 + bytes.fromhex("05000420"),
    bytes.fromhex("302f300b") + _SHA256 + bytes.fromhex("0420"),
)


def is_about(token: bytes, data: bytes) -> bool:
    """Whether the stamp is for exactly these bytes; not whether it is genuine."""
    digest = sha256(data).digest()
    return any(imprint + digest in token for imprint in _IMPRINTS)
