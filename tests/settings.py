"""Settings of the tests: the real ones in a folder of their own, plain HTTP, fast passwords.

A child process that must share the database and files of its test is given TESTS_VAR and
DATABASE_URL (fixture `child_env`).
"""

import atexit
import os
import shutil
import tempfile

if "TESTS_VAR" in os.environ:
    os.environ["VAR"] = os.environ["TESTS_VAR"]
else:
    os.environ["VAR"] = tempfile.mkdtemp(prefix="shanji-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR"], ignore_errors=True)
for name in ("DEBUG", "DEMO", "DEMO_HOST", "ALLOWED_HOSTS", "LEDGER_DIR", "LEDGER_STATE"):
    os.environ.pop(name, None)
for name in ("LEDGER_KEY_FILE", "FIELD_KEY_FILE", "RECEIPT_KEY_FILE", "PORT"):
    os.environ.pop(name, None)
for name in ("LEDGER_SIGNER", "WITNESSES", "ANCHOR_URL", "ANCHOR_CA_FILE", "MEDIA_DIR"):
    os.environ.pop(name, None)
for name in ("EMAIL_URL", "MAIL_FROM"):
    os.environ.pop(name, None)
for name in ("S3_BUCKET", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_REGION"):
    os.environ.pop(name, None)
if "TESTS_WITNESSES" in os.environ:  # a child whose log has witnesses
    os.environ["WITNESSES"] = os.environ["TESTS_WITNESSES"]
os.environ["SECRET_KEY"] = "known to every test and of no use anywhere else, but long enough"
os.environ["SITE_ORIGIN"] = "https://tests.shanji.example"
os.environ["LEDGER_ORIGIN"] = "tests.shanji.example/ledger"
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker and os.environ.get("REDIS_URL") and "TESTS_VAR" not in os.environ:
    # a Redis database of its own for each pytest process, so that no test empties another's
    server = os.environ["REDIS_URL"].rpartition("/")[0]
    os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"
points = os.environ.pop("FAILPOINTS", "")

from portal.settings import *  # noqa: E402, F403 -- the environment comes first
from portal.settings import (  # noqa: E402
    CSRF_TRUSTED_ORIGINS,
    DATABASES,
    INSTALLED_APPS,
    VAR,
)

FAILPOINTS = points
INSTALLED_APPS = [*INSTALLED_APPS, "tests.toys"]  # a toy part for the tests of the kernels
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "tests.shanji.example"]
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, "http://localhost", "http://127.0.0.1"]
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "csrf"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "evidence": {
        "BACKEND": "portal.evidence.boxes.Folder",
        "OPTIONS": {"location": VAR / "media"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 -- else WhiteNoise warns of an absent folder
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and child processes share it. Tests survive no power cut.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    options = DATABASES["default"]["OPTIONS"]
    fast = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    DATABASES["default"]["OPTIONS"] = {**options, "init_command": fast}
