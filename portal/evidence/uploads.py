"""Receiving files: no more is kept of a request than may be taken, however much is sent."""

from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from portal.evidence.limits import BYTES_OF_ONE, FILE_BYTES, MIB


class Bounded(FileUploadHandler):
    """Counts what comes and lets go of what is beyond the limits; the form then says so.

    The file's `size` is what was sent, its content at most one byte more than is taken.
    """

    chunk_size = 64 * 1024

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept, self.file = 0, cast(IO[bytes], SpooledTemporaryFile(max_size=MIB))  # noqa: SIM115

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = min(FILE_BYTES + 1 - self.kept, BYTES_OF_ONE - self.total)
        part = raw_data[: max(0, room)]
        self.file.write(part)
        self.kept, self.total = self.kept + len(part), self.total + len(part)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.file.seek(0)
        return UploadedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
