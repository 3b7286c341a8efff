"""The environment, read by typed functions that name the variable when its value makes no sense."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
S3 = ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_REGION", "S3_PREFIX")
NO = frozenset({"0", "false", "no", "off", ""})

SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",  # a reader that becomes a writer would fail at once
    "init_command": (
        "PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=FULL;"  # NORMAL can lose the last commits on a power cut
        "PRAGMA recursive_triggers=ON;"  # else REPLACE passes the append-only triggers
        "PRAGMA secure_delete=ON;"  # else erased text stays in the file
        "PRAGMA cache_size=-20000;"
    ),
}
POSTGRESQL_OPTIONS = {  # beginning parallel workers takes 40 ms: a page is quicker without
    "options": "-c max_parallel_workers_per_gather=0"
}


def text(name: str, default: str | None = None) -> str:
    """The value without surrounding blanks; without a default it must be there."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(
            f"{name} is missing: set it, or DEMO=1 to run the demonstration."
        )
    return default


def flag(name: str) -> bool:
    """Off unless said otherwise."""
    value = os.environ.get(name, "").strip().lower()
    if value not in YES | NO:
        raise ImproperlyConfigured(f"{name} is {value!r}: it must be 1 or 0.")
    return value in YES


def number(name: str, default: int, *, at_least: int, at_most: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and at_least <= int(value) <= at_most):
        raise ImproperlyConfigured(
            f"{name} is {value!r}: it must be a whole number from {at_least} to {at_most}."
        )
    return int(value)


def folder(name: str, default: Path) -> Path:
    """An absolute path to a folder, made where absent."""
    return made(file(name, default), name)


def made(path: Path, name: str) -> Path:
    """The folder, made (for this user only) where absent; `name` is the variable to blame."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} is {str(path)!r}: {error.strerror}.") from error
    return path


def file(name: str, default: Path) -> Path:
    """An absolute path; whether the file is there is for its reader to say."""
    path = Path(text(name, str(default)))
    if "\0" in str(path) or "\n" in str(path):
        raise ImproperlyConfigured(f"{name} is {str(path)!r}: it must be a path.")
    return path.absolute()


def words(name: str, default: list[str]) -> list[str]:
    """A list parted by commas."""
    return [word.strip() for word in text(name, ",".join(default)).split(",") if word.strip()]


def origin(name: str, default: str | None = None) -> str:
    """Scheme and host of a site, such as https://shanji.example, without a path; or the default
    that is empty."""
    value = text(name, default).rstrip("/")
    if value == default == "":
        return value
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or value != f"{parts.scheme}://{parts.netloc}" or "@" in value:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: it must look like https://shanji.example, without a path."
        )
    return value


def address(name: str) -> str:
    """An http or https address, or an empty string."""
    return _url(name, {"http", "https"}, like="https://authority.example/tsr")


def _url(name: str, schemes: set[str], *, like: str) -> str:
    value = text(name, "")
    try:
        parts = urlsplit(value)
        good = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if value and not good:
        raise ImproperlyConfigured(f"{name} is {_masked(value)!r}: it must look like {like}.")
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """A Django database from an address: SQLite or PostgreSQL, the two that are tested."""
    value = text(name, default)
    config: dict[str, Any] = {}
    if value.partition("://")[0] in {"sqlite", "postgresql", "postgres"}:
        config = environ.Env.db_url_config(value)
    if not config.get("NAME"):
        raise ImproperlyConfigured(
            f"{name} is {_masked(value)!r}: it must look like postgresql://user@host/name"
            " or sqlite:////folder/file."
        )
    if config["ENGINE"].endswith("sqlite3"):
        return config | {"OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": None}
    options = {**POSTGRESQL_OPTIONS, **config.get("OPTIONS", {})}
    return config | {"OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def mail(name: str, folder_for: Path) -> dict[str, Any]:
    """Django's mail settings from an address: smtp, smtp+tls (STARTTLS), smtp+ssl or consolemail;
    without one, files in a folder."""
    value = text(name, "")
    if not value:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(made(folder_for, "VAR"))}
    config: dict[str, Any] = {}
    scheme = value.partition("://")[0]
    if scheme in {"smtp", "smtp+tls", "smtp+ssl", "consolemail"}:
        try:
            config = environ.Env.email_url_config(value)
        except ValueError:  # of the port
            config = {}
    if not config.get("EMAIL_HOST") and scheme != "consolemail":
        raise ImproperlyConfigured(
            f"{name} is {_masked(value)!r}: it must look like"
            " smtp+tls://user:password@mail.example:587."
        )
    return {key: setting for key, setting in config.items() if key.startswith("EMAIL_")}


def redis(name: str) -> str:
    """The address of a Redis server, or an empty string."""
    return _url(name, {"redis", "rediss"}, like="redis://host:6379/0")


def store(folder_for: Path) -> dict[str, Any]:
    """Django's storage for photos and papers: the bucket that S3_BUCKET names, else a folder."""
    bucket = text("S3_BUCKET", "")
    told = {name: text(name, "") for name in S3}
    if not bucket:
        for name in (name for name, value in told.items() if value):
            raise ImproperlyConfigured(f"{name} is set: name the bucket in S3_BUCKET too.")
        return {"BACKEND": "portal.evidence.boxes.Folder", "OPTIONS": {"location": folder_for}}
    if find_spec("storages") is None:
        raise ImproperlyConfigured("S3_BUCKET is set: install requirements/extras.txt too.")
    options = {
        "bucket_name": bucket,
        "endpoint_url": address("S3_ENDPOINT") or None,
        "access_key": text("S3_ACCESS_KEY"),
        "secret_key": text("S3_SECRET_KEY"),
        "region_name": told["S3_REGION"] or None,
        "location": told["S3_PREFIX"].strip("/"),
    }
    return {"BACKEND": "portal.evidence.buckets.Bucket", "OPTIONS": options}


def _masked(address: str) -> str:
    """Without the password: refusals end up in logs."""
    head, at, tail = address.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else address
