"""Gifts of money and funds in public: every fen in one place, and followed to the ward."""
