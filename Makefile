# What each target does: README. PORT (8000) and VAR (var/) may be set for all of them.
PY   ?= python3
PORT ?= 8000
VAR  ?= var
export PORT VAR
# each of the many processes of the tests and the demo would compile everything anew
unexport PYTHONDONTWRITEBYTECODE
V    := .venv
PIP  := $(V)/bin/pip --disable-pip-version-check install -q --require-hashes
TEST := $(V)/bin/pytest -q -n 2 --dist worksteal
# settings as in production, on a database that nobody needs
PROD := DEMO=0 DEBUG=0 SITE_ORIGIN=https://shanji.example DATABASE_URL=sqlite://:memory: REDIS_URL= \
	SECRET_KEY=of-no-use-anywhere-but-long-and-mixed-enough-for-the-check-0123456789

.PHONY: demo demo-data test test-services test-browser bench long lint format lock

demo: $(V)/.mo
	DEMO=1 $(V)/bin/python manage.py demo

demo-data: $(V)/.mo
	DEMO=1 $(V)/bin/python manage.py demo --data-only

# Tests of the browser are collected with all others, so what they import is installed for each
test: export DATABASE_URL :=
test: export REDIS_URL :=
test: $(V)/.browser
	$(TEST) -m "not services and not browser and not bench and not long"

# DATABASE_URL and REDIS_URL: .ci/with-services.sh starts both and sets them
test-services: export DATABASE_URL := $(or $(DATABASE_URL),postgresql://localhost/shanji)
test-services: export REDIS_URL := $(or $(REDIS_URL),redis://localhost:6379/0)
test-services: $(V)/.browser
	$(TEST) -m "not pure and not browser and not bench and not long"

test-browser: $(V)/.browser
	DJANGO_ALLOW_ASYNC_UNSAFE=true $(TEST) -m "browser and not long"

bench: $(V)/.dev
	$(V)/bin/python -m tests.bench

long: $(V)/.browser
	$(V)/bin/pytest -q -s -m long $(if $(RUN),-k $(RUN))

lint: $(V)/.dev
	$(V)/bin/ruff check
	$(V)/bin/ruff format --check
	git ls-files -z -- 'templates/*.html' | xargs -0r $(V)/bin/djade --target-version 5.2 --check
	$(V)/bin/mypy
	$(V)/bin/lint-imports
	$(PROD) $(V)/bin/python manage.py check --deploy --fail-level WARNING
	$(PROD) $(V)/bin/python manage.py makemigrations --check --dry-run
	$(PROD) $(V)/bin/python manage.py lifecycles --check

format: $(V)/.dev
	$(V)/bin/ruff check -q --fix --exit-zero
	$(V)/bin/ruff format -q
	git ls-files -z -- 'templates/*.html' | xargs -0r $(V)/bin/djade --target-version 5.2

# One after the other: each is the base of the next.
$(V)/.run: requirements/run.txt
	$(PY) -m venv $(V)
	$(PIP) -r requirements/run.txt
	touch $@

$(V)/.mo: $(wildcard locale/*/LC_MESSAGES/*.po) $(V)/.run
	$(V)/bin/python locale/compile.py
	touch $@

$(V)/.dev: requirements/dev.txt $(V)/.mo
	$(PIP) -r requirements/dev.txt
	touch $@

$(V)/.browser: requirements/browser.txt $(V)/.dev
	$(PIP) -r requirements/browser.txt
	touch $@

# Needs uv on the path. No address of any package index gets into the files.
UV := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
lock:
	$(UV) pyproject.toml -o requirements/run.txt
	$(UV) pyproject.toml --all-extras -c requirements/run.txt -o requirements/extras.txt
	$(UV) pyproject.toml --all-extras --group dev -c requirements/extras.txt -o requirements/dev.txt
	$(UV) pyproject.toml --all-extras --group dev --group browser -c requirements/dev.txt -o requirements/browser.txt
