"""How large, how many, how long: every limit of photos and papers, and the error they share."""

MIB = 1024 * 1024
FILE_BYTES = 10 * MIB
PIXELS = 24_000_000
SIDE = 20_000  # a strip one pixel high is no photo either
FILES_AT_ONCE = 20  # in one form
FILES_OF_ONE = 20  # of one gift, delivery …
BYTES_OF_ONE = 100 * MIB
PDF_OBJECTS = 20_000
CHILD_SECONDS = 10
CHILD_MEMORY = 512 * MIB
LONGEST = 2048  # pixels of the public copy's longer side
THUMB = (400, 300)
ALIKE = 3  # of 64 bits that may differ between two photos of the same thing


class Unfit(ValueError):
    """The file is not taken; the text says why and what to do, fit for the page."""
