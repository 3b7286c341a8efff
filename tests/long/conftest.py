"""Runs too long for CI, each with a short version of the same code in CI."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.conftest import log, story, submit, whole
from tests.faults.test_worker import worker

__all__ = ["log", "story", "submit", "whole", "worker"]

BASE = Path(__file__).parents[2]


@pytest.fixture
def keep():
    """keep(name, seed=, **result): the result of a long run, in var/long/<name>.json."""

    def write(name, *, seed, **result):
        words = ["git", "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(words, cwd=BASE, capture_output=True, text=True, check=False)
        folder = BASE / "var" / "long"
        folder.mkdir(parents=True, exist_ok=True)
        told = {"name": name, "seed": seed, "commit": commit.stdout.strip()}
        told |= {"database": connection.vendor, "load": round(os.getloadavg()[0], 1)}
        text = json.dumps({**told, "result": result}, indent=2, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n")

    return write


@pytest.fixture
def kept():
    """kept(name): what the last run of that name has kept; nothing if there was none."""

    def read(name):
        file = BASE / "var" / "long" / f"{name}.json"
        return json.loads(file.read_text())["result"] if file.exists() else {}

    return read


def either(short, long):
    """Both versions of a run, as parameters."""
    return [pytest.param(short, id="short"), pytest.param(long, id="long", marks=pytest.mark.long)]
