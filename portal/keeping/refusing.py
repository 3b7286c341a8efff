"""The two ways in which a backup or a restoration does not happen."""


class Refused(RuntimeError):
    """Nothing was done: wrong folder, database or tools. The text says what to do."""


class Broken(RuntimeError):
    """Something is damaged or incomplete; the text names it."""
