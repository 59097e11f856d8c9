# Needs Python 3.11 or newer, make and a POSIX shell; everything else is installed below this folder.
# Set-up talks on standard error, so that `make bench` prints nothing but results.

.POSIX:
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev run test check bench fmt lock

PY = .venv/bin/python
PIP = $(PY) -m pip --disable-pip-version-check --no-input install --quiet --require-hashes
MANAGE = HALLKEEPER_VAR=$(CURDIR)/var/check $(PY) manage.py
COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

help:
	@echo "make setup | run | test [ARGS=…] | check | bench [ONLY=name] | fmt | lock"

setup: .venv/.base static/vendor/.stamp

setup-dev: .venv/.dev static/vendor/.stamp

.venv/.python: scripts/find_python.sh
	@$(PY) -c "import pip" 2>/dev/null || { python=`sh scripts/find_python.sh` && \
	echo "setting up .venv with $$python" >&2 && "$$python" -m venv --clear .venv; }
	@touch $@

.venv/.base: .venv/.python requirements/base.txt
	@echo "installing Python packages" >&2
	@$(PIP) -r requirements/base.txt >&2
	@touch $@

.venv/.dev: .venv/.base requirements/dev.txt
	@echo "installing what tests and checks need" >&2
	@$(PIP) -r requirements/base.txt -r requirements/dev.txt >&2
	@touch $@

node_modules/.stamp: .venv/.python package.json package-lock.json requirements/node.txt
	@echo "installing browser packages" >&2
	@if npm --version >/dev/null 2>&1; then npm ci --silent >&2; \
	else $(PIP) -r requirements/node.txt >&2 && \
	PATH="$$PATH:$(CURDIR)/.venv/bin" NODE_OPTIONS=--use-system-ca npm ci --silent >&2; fi
	@touch $@

static/vendor/.stamp: .venv/.base node_modules/.stamp scripts/vendor_browser.py scripts/make_face.py
	@$(PY) scripts/vendor_browser.py
	@touch $@

run: setup
	@$(PY) manage.py up

test: setup-dev
	@HALLKEEPER_CHROMIUM=`sh scripts/find_chromium.sh`; export HALLKEEPER_CHROMIUM; \
	$(PY) -m pytest -n 4 --dist loadgroup $(ARGS)

check: setup-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy .
	@.venv/bin/lint-imports
	@.venv/bin/djlint --lint --quiet templates
	@$(MANAGE) makemigrations --check --dry-run
	@PUBLIC_URL=https://hall.example $(MANAGE) check --deploy --fail-level ERROR

bench: setup-dev
	@$(PY) -m benchmarks $(ONLY)

fmt: .venv/.dev
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format .

lock: .venv/.dev
	@$(COMPILE) requirements/base.in -o requirements/base.txt
	@$(COMPILE) requirements/dev.in -o requirements/dev.txt
	@$(COMPILE) requirements/node.in -o requirements/node.txt
	@PATH="$$PATH:$(CURDIR)/.venv/bin" npm install --package-lock-only --silent
