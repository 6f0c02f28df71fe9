"""What a process does not need it does not load: memory and start-up time are features on a 512 MB board."""

import subprocess
import sys

import pytest

CONTROL = "chargepoint.cli.control, chargepoint.cli.configuration, hal.boards.simulated, hal.meters.simulated"
STATION = "chargepoint.cli.station, chargepoint.ocpp.v16.dialect, hal.readers.simulated, hal.networks.simulated, hal.clocks.simulated"

ASKING = "chargepoint.cli.status, chargepoint.cli.why, chargepoint.cli.events, chargepoint.cli.cards, chargepoint.cli.transactions"
LOOKING = "chargepoint.cli.doctor, chargepoint.cli.support_bundle"


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        (ASKING, {"asyncio", "ssl", "rich", "chargepoint.cli.configuration", "chargepoint.domain.configuration"}),
        (LOOKING, {"jsonschema_rs", "websockets", "ocpp", "cryptography", "rich", "starlette"}),
        (CONTROL, {"asyncio", "ssl", "jsonschema", "jsonschema_rs", "websockets", "ocpp", "sqlite3", "starlette", "simulators"}),
        (
            STATION,
            {
                *("transitions", "starlette", "uvicorn", "simulators", "chargepoint.control", "chargepoint.ocpp.v201"),
                *("cryptography", "chargepoint.pki"),
            },
        ),
    ],
    ids=["asking", "looking", "control", "station"],
)
def test_a_process_loads_only_what_it_needs(modules: str, unwanted: set[str]) -> None:
    program = f"import sys, {modules}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert unwanted & set(loaded) == set()
