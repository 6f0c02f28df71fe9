# make demo [ARGS="--once"]   everything on this PC: simulated car, local CSMS, control, station
# make test                   every check there is
# make docs                   docs/*.md anew from the tables of the code
# All set up .venv first: from the package index that pip is configured for, again only when pyproject.toml has changed.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo docs test setup

demo: setup
	@$(BIN)/chargepoint demo $(ARGS)

test: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

docs: setup
	$(BIN)/python -m docs.generate

setup:
	@PYTHON="$(PYTHON)" .ci/setup
