"""The unit files: every process as shut in as it can be, and only commands and names that exist."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class

DEPLOY = Path(settings.BASE) / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
TIMED = [unit for unit in UNITS if unit.with_suffix(".timer").exists()]
PROCESSES = [unit for unit in UNITS if unit not in TIMED]
OPERATIONS = (DEPLOY.parent / "docs" / "operations.md").read_text("utf-8")


def values(unit, name):
    text = unit.read_text().replace("\\\n", " ")
    return [value.split() for value in re.findall(rf"^{name}=(.*)$", text, re.M)]


def test_there_is_one_for_each_process():
    assert [unit.stem for unit in PROCESSES] == [
        *("shanji-beat", "shanji-signer", "shanji-web", "shanji-worker")
    ]
    assert [unit.stem for unit in TIMED] == ["shanji-backup-check", "shanji-backup"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_process_is_shut_in(unit):
    wanted = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "MemoryDenyWriteExecute": "yes",
    }
    assert {name: values(unit, name) for name in wanted} == {k: [[v]] for k, v in wanted.items()}
    assert values(unit, "CapabilityBoundingSet") == [[]]
    assert values(unit, "SystemCallFilter")[0] == ["@system-service"]
    assert values(unit, "User") == [[unit.stem if unit in PROCESSES else "shanji-worker"]]


def test_the_signer_has_a_socket_and_nothing_else():
    (signer,) = [unit for unit in UNITS if unit.stem == "shanji-signer"]

    assert values(signer, "RestrictAddressFamilies") == [["AF_UNIX"]]
    assert values(signer, "PrivateNetwork") == [["yes"]]
    assert values(signer, "EnvironmentFile") == []
    assert values(signer, "StateDirectoryMode") == [["0700"]]


def test_only_the_worker_may_ask_the_signer():
    asking = [
        unit.stem for unit in UNITS if ["shanji-signer"] in values(unit, "SupplementaryGroups")
    ]

    assert asking == ["shanji-worker"]


@pytest.mark.parametrize("unit", TIMED, ids=lambda unit: unit.stem)
def test_what_a_timer_starts_is_a_command_that_ends(unit):
    ((python, script, name, *words),) = values(unit, "ExecStart")
    parser = load_command_class("portal.keeping", name).create_parser(script, name)
    told = vars(parser.parse_args(words))

    assert (python, script) == ("/opt/shanji/.venv/bin/python", "manage.py")
    assert (told["check"], told["keep_days"]) in {(True, None), (False, 14)}
    assert values(unit, "Type") == [["oneshot"]]
    writes = {path for paths in values(unit, "ReadWritePaths") for path in paths}
    assert told["check"] or str(told["folder"]) in writes
    assert f"deploy/{unit.stem}.timer" in OPERATIONS
    timer = unit.with_suffix(".timer")
    assert (len(values(timer, "OnCalendar")), values(timer, "Persistent")) == (1, [["yes"]])


@pytest.mark.parametrize("unit", PROCESSES, ids=lambda unit: unit.stem)
def test_what_is_started_exists(unit):
    ((program, *words),) = values(unit, "ExecStart")
    modules = re.findall(r"ledger\.signer|portal\.wsgi|portal(?= (?:worker|beat))", " ".join(words))

    assert program.startswith("/opt/shanji/.venv/bin/")
    assert [import_module(module).__name__ for module in modules] == modules != []
    assert f"deploy/{unit.name}" in OPERATIONS or "`deploy/`" in OPERATIONS


def test_the_environment_names_only_what_the_settings_read():
    text = (DEPLOY / "environment.example").read_text()
    named = re.findall(r"^([A-Z_]+)=", text, re.M)
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.M))

    assert set(named) <= explained
    assert re.findall(r"^LEDGER_S.*", text, re.M) == ["LEDGER_SIGNER=/run/shanji-signer/socket"]
