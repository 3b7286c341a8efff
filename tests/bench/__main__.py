"""python -m tests.bench [NAME ...]: measure side by side, in turn, several times.

Uses the database of DATABASE_URL and folders of its own; prints a table and keeps the figures in
VAR/bench. Nothing is judged here: a measurement, not a test.
"""

import atexit
import os
import shutil
import sys
import tempfile
from importlib import import_module

NAMES = ("seal", "writes", "proofs", "verify")

os.environ["BENCH_VAR"] = os.environ.get("VAR", "var")
os.environ["TESTS_VAR"] = tempfile.mkdtemp(prefix="shanji-bench-")
atexit.register(shutil.rmtree, os.environ["TESTS_VAR"], ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402 -- the environment comes first

django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from django.utils import timezone  # noqa: E402

from ledger import creating  # noqa: E402


def main(names: list[str]) -> None:
    made = setup_databases(verbosity=0, interactive=False)
    try:
        creating.create(at=timezone.now())
        for name in names:
            import_module(f"tests.bench.{name}").main()
    finally:
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:] or list(NAMES))
