"""The files themselves: what must be in none of them, and what must fit together."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE)
LISTED = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout
FILES = [ROOT / name for name in LISTED.split("\0") if name and (ROOT / name).is_file()]
PYTHON = [f for f in FILES if f.suffix == ".py"]
CODE = [
    f
    for f in PYTHON
    if f.relative_to(ROOT).parts[0] in {"portal", "ledger"} and "migrations" not in f.parts
]
TEMPLATES = [f for f in FILES if f.suffix == ".html" and "templates" in f.parts]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Called by tests and by people alone: what they check is a rule of the format.
FOR_OTHERS = {"is_digest", "is_marker"}


@cache
def tree_of(file):
    return ast.parse(file.read_text("utf-8"))


def matches(files, pattern, *, but=()):
    """Every place where the pattern stands, as path:line."""
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        if file.relative_to(ROOT).as_posix() not in but
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_locks_name_no_address():
    assert [lock.name for lock in LOCKS] == ["browser.txt", "dev.txt", "extras.txt", "run.txt"]
    assert matches(LOCKS, "://|^--(extra-)?index|^--find-links") == []


def test_every_locked_package_has_hashes():
    for lock in LOCKS:
        pins = re.split(r"\n(?=[a-z])", lock.read_text())
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_every_dependency_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["browser"]]

    silent = [name for name in wanted if not re.search(re.escape(f'"{name}",') + " +# .{10}", text)]

    assert silent == []
    assert len(project["project"]["dependencies"]) <= 24


def test_templates_have_no_inline_script_or_style():
    inline = (
        r"<style|<script(?![^>]*\bsrc=)|\bstyle=|\son[a-z]+=|hx-on|javascript:|hx-vals='?\"?js:"
    )
    assert matches(TEMPLATES, inline) == []


def test_templates_load_nothing_from_other_hosts():
    assert matches(TEMPLATES, r"(src|action|hx-\w+)=[\"'](https?:)?//") == []


def test_nothing_user_made_is_marked_safe():
    assert matches(TEMPLATES, r"\|\s*safe\b|autoescape off") == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"csrf_exempt",
        r"fields = \"__all__\"",
        r"\.extra\(|\.raw\(|execute\(f[\"']",
        r"\bpickle\b|yaml\.load|(?<![.\w])eval\(|(?<![.\w])exec\(|shell=True",
        r"\*\*request\.(GET|POST)",
        r"except Exception|except:|except BaseException",
        r"\bTODO\b|\bFIXME\b|\bXXX\b",
        r"^from django\.dispatch|^from django\.db\.models\.signals|@receiver",
        r"^\s*def save\(self",
        r"^ {8}ordering = ",  # in a Meta; an admin's list may have its order
    ],
)
def test_code_is_free_of(pattern):
    assert matches(CODE, pattern) == []


def test_tests_are_never_skipped_or_expected_to_fail():
    tests = [f for f in PYTHON if f.relative_to(ROOT).parts[0] == "tests"]
    assert matches(tests, r"pytest\.(mark\.)?(skip|xfail)|importorskip") == [
        "tests/test_repository.py:" + str(line_of("pytest\\.(mark"))
    ]


def line_of(text):
    lines = Path(__file__).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_modules_are_short():
    assert [str(f) for f in CODE if len(f.read_text("utf-8").splitlines()) > 400] == []


def test_functions_are_short():
    """With their signature and what they promise."""
    long = [
        f"{file.relative_to(ROOT)}: {node.name}"
        for file in CODE
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 50
    ]
    assert long == []


def test_templates_are_short():
    assert [str(f) for f in TEMPLATES if len(f.read_text("utf-8").splitlines()) > 120] == []


def test_every_module_says_what_it_is_for():
    """Apps' own files and empty packages need not."""
    silent = [
        str(f.relative_to(ROOT))
        for f in CODE
        if f.name not in {"apps.py", "__init__.py"} and ast.get_docstring(tree_of(f)) is None
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing():
    vague = {"utils", "helpers", "common", "manager", "service", "misc"}
    assert [str(f) for f in CODE if {f.stem, *f.parent.parts} & vague] == []


def test_every_app_stands_on_a_floor():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    floors = re.split(r"[ |():]+", " ".join(contracts["contracts"][0]["layers"]))
    ours = [app for app in settings.INSTALLED_APPS if app.startswith(("portal.", "ledger"))]
    floating = [app for app in ours if not any(f"{app}.".startswith(f"{f}.") for f in floors)]
    assert floating == []


def test_every_make_target_that_the_documents_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    documents = [f for f in FILES if f.suffix == ".md"]
    named = {
        name
        for document in documents
        for name in re.findall(r"`make ([a-z-]+)", document.read_text("utf-8"))
    }
    assert named <= targets
    assert {
        *("demo", "demo-data", "test", "test-services", "test-browser"),
        *("bench", "long", "lint", "lock"),
    } <= targets


def test_scripts_may_be_run():
    scripts = [ROOT / "manage.py", ROOT / ".ci" / "run", ROOT / ".ci" / "with-services.sh"]
    assert [f.name for f in scripts if not f.stat().st_mode & 0o111] == []


def test_htmx_attributes_hold_no_script():
    assert matches(TEMPLATES, r"hx-on|hx-vals=.?js:|hx-trigger=[^>]*\[") == []


def test_only_the_engine_writes_a_stage():
    """A public row (tracking) repeats what was sealed; a photo is no subject."""
    own = [
        file
        for file in CODE
        if not {"migrations", "tracking", "evidence"} & set(file.relative_to(ROOT).parts)
    ]
    written = matches(own, r"\.stage = |update\([^)]*\bstage=|update_fields=\[[^]]*\"stage\"")
    assert [place for place in written if "portal/stages/" not in place] == []


def test_every_function_and_class_is_named_somewhere_else():
    """By code or a template of ours: what only tests call is no part of the site. Decorated ones
    are called by whoever decorates them, apps and error pages by Django."""
    own = [f for f in PYTHON if f.relative_to(ROOT).parts[0] in {"portal", "ledger"}]
    texts = [f.read_text("utf-8") for f in [*own, *TEMPLATES]]
    words = Counter(word for text in texts for word in re.findall(r"\w+", text))
    unused = [
        f"{file.relative_to(ROOT)}: {node.name}"
        for file in CODE
        if file.name != "apps.py"
        for node in tree_of(file).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.decorator_list
        and words[node.name] == 1
        and node.name not in FOR_OTHERS
    ]
    assert unused == []


def test_every_class_of_our_styles_is_used():
    """A class may be put together: `s-{{ tone }}`; htmx sets its own."""
    pages = "\n".join(
        f.read_text("utf-8")
        for f in FILES
        if f.suffix in {".html", ".py", ".js"} and f.relative_to(ROOT).parts[0] != "tests"
    )
    words = set(re.findall(r"[\w-]+", pages))
    begun = ("htmx-", *set(re.findall(r"""class="(?:[^"]* )?([a-z][a-z-]*)\{\{""", pages)))
    for sheet in ("site.css", "papers.css"):
        text = (ROOT / "static" / sheet).read_text("utf-8")
        rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}|url\([^)]*\)", "{", text)
        classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", rules))
        assert [c for c in sorted(classes - words) if not c.startswith(begun)] == [], sheet
