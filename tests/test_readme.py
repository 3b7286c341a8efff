"""What the README and the operator's page say is so: their commands run, their addresses answer."""

import re
import shlex
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands
from django.urls import Resolver404, resolve

from ledger import publishing, signing
from ledger.verify.__main__ import main as verify
from portal.accounts.roles import Role
from portal.demo.cast import ACCOUNTS, PASSWORD
from tests.factories.catalogue import load_catalogue
from tests.factories.clock import AT
from tests.factories.people import create_member
from tests.factories.receipts import create_receipt

ROOT = Path(settings.BASE)
README = (ROOT / "README.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TOGETHER = README + OPERATIONS
MANAGE = ".venv/bin/python manage.py "
VERIFY = ".venv/bin/python -m ledger.verify "
# run by other tests and by make; Django's own
ELSEWHERE = {"check", "migrate", "collectstatic"}


def fenced(text, language):
    """The lines of all fenced blocks in a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


COMMANDS = [line.removeprefix("DEMO=1 ") for line in fenced(TOGETHER, "sh")]
MANAGED = [shlex.split(line.removeprefix(MANAGE)) for line in COMMANDS if line.startswith(MANAGE)]


def test_every_command_is_of_a_kind_that_is_tested():
    other = [c for c in COMMANDS if not c.startswith((MANAGE, VERIFY, "make "))]

    assert other == [
        "python3 -m venv .venv",
        ".venv/bin/pip install --require-hashes -r requirements/run.txt",
        ".venv/bin/python locale/compile.py",
    ]  # as the Makefile does it
    assert "-m venv $(V)" in MAKEFILE
    assert "--require-hashes" in MAKEFILE
    assert "-r requirements/run.txt" in MAKEFILE
    assert "locale/compile.py" in MAKEFILE


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))

    assert {c.removeprefix("make ") for c in COMMANDS if c.startswith("make ")} <= targets


@pytest.fixture
def running_site(log, seal_and_project):
    """A journey from need to confirmation, sealed, projected and published."""
    create_receipt({"line": 1, "missing": 3})
    load_catalogue(only=None)
    create_member(Role.COORDINATOR, username="coordinator")
    seal_and_project()
    signing.sign(at=AT)
    publishing.publish()
    return log


@pytest.mark.usefixtures("running_site")
@pytest.mark.parametrize("words", [w for w in MANAGED if w[0] not in ELSEWHERE], ids=" ".join)
def test_a_command_of_the_documents_runs(words):
    out = StringIO()

    call_command(*[str(ROOT / w) if w.endswith(".csv") else w for w in words], stdout=out)

    assert out.getvalue() or words[0] == "create_log"


def test_the_verifier_checks_what_was_published(running_site, capsys):
    (line,) = [c for c in COMMANDS if c.startswith(VERIFY)]
    folder, *options = shlex.split(line.removeprefix(VERIFY))

    code = verify([str(running_site.dir), *options])

    assert folder == "var/ledger"  # LEDGER_DIR of the demonstration
    assert (code, "balances hold" in capsys.readouterr().out) == (0, True)


def test_addresses_answer():
    """Every address in the README, with a code, token or file put in."""
    addresses = set(re.findall(r"`(/[a-z][a-z<>/-]*/)(?:\?[^`]*)?`", README))
    assert len(addresses) >= 8
    for address in addresses - {"/zh/", "/en/"}:
        filled = address.replace("<code>", "G-7K2M9Q4TX5").replace("<token>", "x" * 32)
        try:
            resolve(filled)
        except Resolver404:
            pytest.fail(f"the README names {address}, which does not exist")


def test_files_that_are_linked_exist():
    for text, folder in ((README, ROOT), (OPERATIONS, ROOT / "docs")):
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (folder / target).exists(), target


def test_every_variable_of_the_settings_is_explained_and_no_other():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "portal/settings.py").read_text()))
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.M))

    assert explained == read


def test_every_command_of_ours_is_explained():
    ours = {name for name, app in get_commands().items() if app.startswith(("portal.", "ledger"))}

    assert [name for name in sorted(ours) if not re.search(rf"\b{name}\b", TOGETHER)] == []


def test_what_is_called_not_built_is_not_there():
    """When one of them comes, the operator's page is mended."""
    sentences = re.split(r"(?<=[.;:])\s", OPERATIONS)
    missing = {
        name for s in sentences if "**not built**" in s for name in re.findall(r"`([a-z_]+)`", s)
    }

    assert missing & set(get_commands()) == set()


def test_accounts_and_password_of_the_tour_are_those_of_the_demonstration():
    (signing_in,) = re.findall(r"Sign in at (.*?) and open", README, re.S)
    _address, *words = re.findall(r"`([^`]+)`", signing_in)

    assert {*words[:-1]} <= set(ACCOUNTS)
    assert words[-1] == PASSWORD


def test_decisions_have_context_decision_and_cost():
    text = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    decisions = re.split(r"^## ", text, flags=re.M)[1:]

    assert [d.splitlines()[0].split(".")[0] for d in decisions] == [
        str(n) for n in range(1, len(decisions) + 1)
    ]
    for decision in decisions:
        for part in ("*Context.*", "*Decision.*", "*Cost.*"):
            assert part in decision, decision.splitlines()[0]


def test_the_floors_are_those_that_are_checked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    (_before, after) = README.split("### Floors")
    floors = [re.split(r" {2,}", line)[0] for line in after.split("```")[1].strip().splitlines()]

    assert floors == [layer.replace("portal.", "") for layer in layers]


def test_every_part_has_its_place_in_the_list_of_what_lives_where():
    listed = README[README.index("## Where what lives") : README.index("### Floors")]
    parts = {app.name for app in (ROOT / "portal").iterdir() if (app / "apps.py").exists()}

    assert parts - set(re.findall(r"\w+", listed)) == set()
