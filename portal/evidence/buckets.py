"""Photos and papers in an S3-compatible store; needs the extra `s3`. What fails there is an
OSError, as on a disk."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

MISSING = {"404", "NoSuchKey"}
Made = TypeVar("Made")


def as_on_a_disk(method: Callable[..., Made]) -> Callable[..., Made]:
    """FileNotFoundError for what is not there, OSError for all else that fails."""

    @wraps(method)
    def asked(self: "Bucket", *args: Any, **kwargs: Any) -> Made:
        try:
            return method(self, *args, **kwargs)
        except ClientError as refused:
            if refused.response.get("Error", {}).get("Code") in MISSING:
                raise FileNotFoundError(str(args[:1])) from refused
            raise OSError(f"{self.bucket_name}: {refused}") from refused
        except (BotoCoreError, Boto3Error) as failed:
            raise OSError(f"{self.bucket_name}: {failed}") from failed

    return asked


class Bucket(S3Storage):  # type: ignore[misc]  # its package has no types
    """One request for each file: they are 10 MiB at most, and stored once it has come back."""

    def get_default_settings(self) -> dict[str, Any]:
        """No page waits long for a store that is away; check sums only where it asks for them:
        not every store knows the newer ones, and every file has its SHA-256 as its name."""
        patient = Config(
            connect_timeout=3,
            read_timeout=20,
            retries={"total_max_attempts": 2},
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        usual: dict[str, Any] = super().get_default_settings()
        return usual | {"client_config": patient}

    @as_on_a_disk
    def _save(self, name: str, content: File[Any]) -> str:
        key = self._normalize_name(name)
        self.bucket.Object(key).put(Body=content.read(), ContentType="application/octet-stream")
        return name

    @as_on_a_disk
    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        return ContentFile(self.bucket.Object(self._normalize_name(name)).get()["Body"].read())

    @as_on_a_disk
    def exists(self, name: str) -> bool:
        return bool(super().exists(name))

    @as_on_a_disk
    def delete(self, name: str) -> None:
        super().delete(name)

    @as_on_a_disk
    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        folders, files = super().listdir(path)
        return folders, files

    @as_on_a_disk
    def get_modified_time(self, name: str) -> datetime:
        found: datetime = super().get_modified_time(name)
        return found
