"""Every system call of a publishing process fails once with EIO, once with ENOSPC, and kills once.

strace breaks the n-th call of a sort in a forked publisher; what it leaves must be whole at once,
and the next publisher finishes the work.
"""

import ctypes
import os
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from ledger import api, fsck, publishing, releasing, sealing
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.long.conftest import either, keep

__all__ = ["keep"]

CALLS = ("openat", "write", "fsync", "rename", "unlink", "rmdir")
FAULTS = ("error=EIO", "error=ENOSPC", "signal=SIGKILL")
FSYNC = os.fsync  # the fixtures put it off
ANYBODY = (0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER, PR_SET_PTRACER_ANY

pytestmark = pytest.mark.django_db(transaction=True)


def publish():
    publishing.sign_and_publish(at=timezone.now())


def traced(tmp_path, *options):
    """Publish in a forked process under strace; (how it ended, what strace wrote)."""
    connections.close_all()
    told, (waiting, go) = tmp_path / "strace", os.pipe()
    if (pid := os.fork()) == 0:
        try:
            ctypes.CDLL(None).prctl(*ANYBODY)
            os.read(waiting, 1)
            publish()
            os._exit(0)
        finally:
            os._exit(1)
    words = ["strace", "-f", "-qq", "-o", told, *options, "-p", str(pid)]
    tracer = subprocess.Popen(words, stderr=subprocess.PIPE)
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        assert tracer.poll() is None, tracer.stderr.read()
        time.sleep(0.005)
    time.sleep(0.02)  # attached; the first stop follows at once
    os.write(go, b"!")
    status = os.waitpid(pid, 0)[1]
    tracer.communicate(timeout=30)
    os.close(waiting)
    os.close(go)
    return status, told.read_text()


def whole(log):
    """Tables and public files hold, as far as they are; the published size."""
    assert fsck.differences(at=timezone.now()) == []
    report = check(Folder(log.dir))
    assert report.damage == []
    return report.size


def more(log, story):
    """Two more events, sealed, and what a killed publisher leaves: work for each call."""
    (log.dir / ".new").mkdir(exist_ok=True)
    (log.dir / ".new" / ".left.1.new").write_bytes(b"")
    story.tell(2)
    sealing.seal_all(at=timezone.now())


@pytest.mark.parametrize("step", either(13, 1))
def test_failure_02_a_sweep_over_all_system_calls_leaves_nothing_broken(
    log, story, keep, tmp_path, monkeypatch, step
):
    monkeypatch.setattr(os, "fsync", FSYNC)
    publish()
    for _ in range(2):  # everything is imported, and every file there
        more(log, story)
        publish()
    more(log, story)
    status, told = traced(tmp_path, "-e", f"trace={','.join(CALLS)}")
    assert status == 0
    counts = Counter(re.findall(rf"^\d+ +({'|'.join(CALLS)})\(", told, re.MULTILINE))
    assert all(counts[call] for call in CALLS)

    places = [(c, n, f) for c in CALLS for n in range(1, counts[c] + 1) for f in FAULTS]
    ends = Counter()
    for call, n, fault in places[::step]:
        more(log, story)
        status, told = traced(tmp_path, "-e", f"inject={call}:{fault}:when={n}")
        place = f"{call} {n} {fault}"
        if fault.startswith("signal"):
            assert os.WIFSIGNALED(status), place
            assert os.WTERMSIG(status) == signal.SIGKILL, place
        else:
            assert "(INJECTED)" in told, place
        ends[f"{fault}, {'went on' if status == 0 else 'stopped'}"] += 1
        whole(log)
        if api.mode() != "ok":  # the signer's memory could not be read: the operator looks
            releasing.unfreeze(place, at=timezone.now())
            sealing.seal_all(at=timezone.now())
            ends["frozen"] += 1
        publish()
        assert whole(log) == api.size(), place
        assert not (log.dir / ".new").exists(), place

    assert sum(ends.values()) - ends["frozen"] == len(places[::step])
    if step == 1:
        keep("sweep", seed=0, calls=dict(counts), tried=len(places), ended=dict(ends))
