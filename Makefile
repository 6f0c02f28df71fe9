# make demo [ARGS="--once"]   everything on this PC: simulated car, local CSMS, control, station
# make test                   every check there is, but for:
# make installed              all tests of the package, of which make test has its story on a fresh Debian; both need root for that
# make conformance            the test cases of OCPP 1.6 and 2.0.1, and their results for docs/conformance-*.md
# make docs                   docs/*.md anew from the tables of the code
# make pictures               docs/pictures/*.png anew, by the tests in a browser
# make texts                  catalogues of the texts for drivers: new ids in, unused ones out
# make deb [ARGS="--help"]     Debian packages for arm64 and amd64, into build/deb
# make bundle ARGS="DEB --key KEY --signer CERT --out DIR"   one of them as a signed update (docs/updates.md)
# All set up .venv first: from the package index that pip is configured for, again only when pyproject.toml has changed.

PYTHON ?= python3
BIN := .venv/bin
# Hundreds of processes begin in a run of the tests: each module is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: browser bundle conformance deb demo demos docs installed package pictures processes pure rest setup static sweeps test texts wires

demo: setup
	@$(BIN)/chargepoint demo $(ARGS)

# Tests of what needs no thread, clock or disk: enough to reach every branch of the pure core.
PURE := $(filter-out $(addprefix tests/control/test_,bell.py keeping.py loop.py loop_trouble.py meters.py realtime.py signing.py), \
	$(wildcard tests/control/test_*.py)) $(addprefix tests/domain/test_,fault_table.py ids.py)

# Half of it waits, half of it computes: some at a time. What has times of its own to keep comes before what only computes, and the two
# that have most of it, wires and processes, follow each other.
LAST := nice -n 10
test: setup
	@$(BIN)/python -m compileall -q -j 2 chargepoint hal simulators tests
	@$(MAKE) --no-print-directory --jobs=4 --output-sync=target wires package browser rest processes pure sweeps demos static

demos:
	$(BIN)/chargepoint demo --once
	$(BIN)/chargepoint demo --once --version 2.0.1

static:
	$(LAST) $(BIN)/ruff format --check .
	$(LAST) $(BIN)/ruff check .
	$(LAST) $(BIN)/mypy

# Every branch of the pure core is taken. What has threads, clocks or a disk is not in it, and of the domain only what a scan uses.
CORE := chargepoint/control $(addprefix chargepoint/domain/,faults.py ids.py limits.py fault_table)
NOT_CORE := $(filter-out chargepoint/control chargepoint/domain,$(wildcard chargepoint/*)) hal simulators tests \
	$(addprefix chargepoint/control/,bell.py keeping.py loop.py meters.py realtime.py signing.py) \
	$(filter-out $(CORE),$(wildcard chargepoint/domain/*))
COMMA := ,
EMPTY :=
COVERED := $(BIN)/python -W ignore -m slipcover --branch --skip-covered --fail-under 100 \
	--omit $(subst $(EMPTY) $(EMPTY),$(COMMA),$(strip $(foreach part,$(NOT_CORE),$(if $(filter %.py,$(part)),$(part),$(part)/*))))

pure:
	$(LAST) $(COVERED) -m pytest -m "not sweep" $(PURE)

sweeps:
	$(LAST) $(BIN)/pytest -m sweep $(PURE)

# Each of these has processes of its own and mostly waits: several at once.
PROCESSES := tests/commissioning tests/conformance tests/campaigns tests/cli/keeping tests/update tests/peers tests/ocpp tests/scenarios \
	tests/transfer tests/whole $(filter-out $(addprefix tests/cli/test_,bench_wires.py demo_wires.py paths.py), $(wildcard tests/cli/test_*.py))
AT_ONCE := $(BIN)/pytest -n 8 --dist worksteal

processes:
	$(AT_ONCE) $(PROCESSES)

# Drivers over the wires of the bench: they wait for time-outs nearly all the time. What waits longest stands first, and is handed out
# one at a time; demos, which compute as well, begin one after the other when the first of those have ended.
LONGEST := tests/hal/conformance tests/cli/test_demo_wires.py tests/cli/test_bench_wires.py $(wildcard tests/hal/boards/test_openevse*.py)
WIRES := $(LONGEST) $(filter-out $(LONGEST), $(wildcard tests/hal/boards/test_*.py)) \
	$(filter-out $(LONGEST) tests/hal/boards, $(wildcard tests/hal/[a-z]*))

wires:
	$(BIN)/pytest -n 16 --dist load --maxschedchunk 1 $(WIRES)

rest:
	$(LAST) $(BIN)/pytest -n 2 --dist worksteal $(addprefix --ignore=,$(PURE) $(PROCESSES) $(WIRES) tests/browser tests/packaging)

# Pages in Chromium, with a whole station behind them.
browser:
	$(BIN)/pytest tests/browser

# The package: what is in it, its units, and its story on a Debian of its own, which is made and booted here; that needs root.
package:
	$(BIN)/pytest -rs $(addprefix tests/packaging/test_,units.py package.py vendored.py story.py)

installed: setup
	$(BIN)/pytest -rs tests/packaging

deb: setup
	@PYTHONPATH=packaging $(BIN)/python -m deb $(ARGS)

bundle: setup
	@PYTHONPATH=packaging $(BIN)/python -m bundle $(ARGS)

conformance: setup
	$(AT_ONCE) tests/conformance --record docs
	$(BIN)/python -m docs.generate

pictures: setup
	PICTURES=docs/pictures $(BIN)/pytest tests/browser

docs: setup
	$(BIN)/python -m docs.generate

texts: setup
	$(BIN)/python -m tests.texts.gathering

setup:
	@PYTHON="$(PYTHON)" .ci/setup
