"""Proofs to take away, the verifiers that check them, and the ledger's own pages."""
