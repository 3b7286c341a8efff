"""Amounts of money as people read them. Whole fen come in; no fraction of a fen exists anywhere."""


def yuan(fen: int) -> str:
    """`1,200.50`, with a sign only where it is negative."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{part:02d}"


def plain_yuan(fen: int) -> str:
    """`1200.50`, as `clean_amount` reads it back."""
    return yuan(fen).replace(",", "")
