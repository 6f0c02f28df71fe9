PYTHON ?= python3
VENV := .venv

.PHONY: demo test setup

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --editable '.[bench,test]'
	touch $@

demo: setup
	$(VENV)/bin/chargepoint demo $(ARGS)

test: setup
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/pytest
