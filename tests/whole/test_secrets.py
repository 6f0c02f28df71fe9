"""Known secrets, a station in processes of its own, and a look into everything that it shows: none of them is there."""

import asyncio
import base64
import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

from simulators.csms.server import Csms
from tests.conformance import files
from tests.conformance.keys import NEW_PASSWORD, PASSWORD, Keys
from tests.conformance.v16.lab import WAIT_S, Lab
from tests.conformance.v16.sites import STATION, Json

KEY_PASSWORD = "geheimes-kennwort"
WRONG = ("leaked-though-refused", "4c45414b" * 6, "4c45414b4c45414b", "x" * 501)
SECRETS = (PASSWORD, NEW_PASSWORD, KEY_PASSWORD, *WRONG)


def forms(secret: str) -> set[bytes]:
    """How it might be written."""
    raw = bytes.fromhex(secret) if len(secret) == 32 else secret.encode()
    header = base64.b64encode(STATION.encode() + b":" + raw)
    return {secret.encode(), secret.upper().encode(), raw, header, base64.b64encode(raw)}


def cli(*words: str) -> bytes:
    done = subprocess.run([sys.executable, "-m", "chargepoint", *words], capture_output=True, timeout=60)
    return done.stdout + done.stderr


def command_lines(pids: tuple[int, ...]) -> bytes:
    return b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)


async def everything(lab: Lab, folder: Path, bundle: bytes) -> dict[str, bytes]:
    """Whatever people, files and the CSMS get to see, by where it was seen."""
    assert lab.bench is not None
    where = ("--config", str(folder / "site" / "station.json"), "--state-dir", str(folder / "site" / "state"))
    to_csms = [message.frame for message in lab.csms.messages if message.direction == "received"]
    return {
        "log": lab.log.encode(),
        "state": repr(await lab.bench.ask("GET", "/state")).encode(),
        "document": repr(await lab.bench.document()).encode(),
        "status": await asyncio.to_thread(cli, "status", *where),
        "messages": await asyncio.to_thread(cli, "messages", *where),
        "check-config": await asyncio.to_thread(cli, "check-config", where[1]),
        "command lines": command_lines(lab.bench.pids),
        "to the CSMS": repr(to_csms).encode(),
        "diagnostics": bundle,
    }


async def diagnostics(lab: Lab) -> bytes:
    """What the CSMS gets when it asks for it, unpacked."""
    async with files.serving() as server:
        await lab.call("GetDiagnostics", location=f"{server.url}/in/")
        await lab.hears("DiagnosticsStatusNotification", status="Uploaded", within_s=WAIT_S)
        (content,) = server.received.values()
    return gzip.decompress(content)


async def talk(lab: Lab, csms: Csms) -> None:
    """Passwords are given, good and bad ones, and asked for."""
    for value in WRONG[:-1]:
        await lab.says("Rejected", "ChangeConfiguration", key="AuthorizationKey", value=value)
    await lab.refuses("PropertyConstraintViolation", "ChangeConfiguration", key="AuthorizationKey", value=WRONG[-1])
    connections = lab.station.connections
    await lab.configure(AuthorizationKey=NEW_PASSWORD)
    csms.password = NEW_PASSWORD
    await csms.until(lambda: lab.station.connections > connections and lab.station.connected, WAIT_S)
    for keys in ([], ["AuthorizationKey"], ["authorizationkey", "SecurityProfile"]):
        answer = await lab.call("GetConfiguration", key=keys)
        shown = [entry for entry in answer["configurationKey"] if entry["key"].lower() == "authorizationkey"]
        assert [set(entry) for entry in shown] == [{"key", "readonly"}]


def test_no_secret_is_shown_anywhere(tmp_path: Path) -> None:
    keys = Keys(tmp_path)

    def change(tree: Json) -> None:
        keys.station(1)(tree)
        tree["security"]["key_password"] = KEY_PASSWORD

    async def main() -> dict[str, bytes]:
        lab = Lab(tmp_path / "site")
        try:
            csms = Csms(versions=("1.6",), password=PASSWORD)
            await lab.open(csms=csms, change=change)
            await talk(lab, csms)
            return await everything(lab, tmp_path, await diagnostics(lab))
        finally:
            await lab.close()

    seen: dict[str, Any] = asyncio.run(main())
    assert all(seen.values()), f"nothing to look at: {[where for where, what in seen.items() if not what]}"
    found = [(where, secret) for where, what in seen.items() for secret in SECRETS for form in forms(secret) if form in what]
    assert found == []
    assert b"PRIVATE KEY" not in b"".join(seen.values())
    assert (tmp_path / "site" / "state" / "station").stat().st_mode & 0o077 == 0, "what is kept is for the station alone"
