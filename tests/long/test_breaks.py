"""Every test of a failure fails when what it watches is broken."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.failures import FAILURES
from tests.long.conftest import BASE, either

PASSED, FAILED = 0, 1
QUICK = [31, 34]  # they need no database


@pytest.fixture
def broken(tmp_path):
    """broken(watch): the status of its test in a copy of the project with its break."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=BASE,
        check=True,
        capture_output=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (BASE / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BASE / name, tmp_path / name)
    for compiled in BASE.glob("locale/*/LC_MESSAGES/*.mo"):
        shutil.copy2(compiled, tmp_path / compiled.relative_to(BASE))

    def run(test):
        words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("TESTS_VAR", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
            env.pop(name, None)
        ran = subprocess.run(
            words, cwd=tmp_path, env=env, check=False, capture_output=True, timeout=900
        )
        return ran.returncode, (ran.stdout + ran.stderr).decode()[-1500:]

    good = set()

    def check(one):
        file = tmp_path / one.file
        whole = file.read_text()
        if one.test not in good:
            status, said = run(one.test)
            assert status == PASSED, f"fails unbroken: {one.test}\n{said}"
            good.add(one.test)
        file.write_text(whole.replace(one.old, one.new))
        status, said = run(one.test)
        file.write_text(whole)
        assert status == FAILED, f"does not see {one}\n{said}"

    return check


@pytest.mark.services
@pytest.mark.parametrize("only", either(QUICK, range(1, 36)))
def test_breaks(broken, keep, only):
    seen = []
    for failure in FAILURES:
        for one in failure.watches:
            if failure.number in only:
                broken(one)
                seen.append([failure.number, one.test.partition("::")[2]])
                sys.stderr.write(f"{failure.number} {one.file}: seen\n")
    if len(only) > len(QUICK):
        keep("breaks", seed=0, breaks=len(seen), seen=seen)
    assert {number for number, _test in seen} == set(only)
