"""The second judge: a CSMS in Node whose strict mode holds every frame, in both directions, against its own copy of the JSON schemas.

It is the npm package ``ocpp-rpc`` (``strict/package.json``). Where it differs from the standard, seen in version 2.2.1:

    MeterValues         it lets empty lists of meterValue and sampledValue pass; the standard wants one or more (the bench CSMS sees to it)
    Frequency           it knows no unit Hertz, as the standard's enumeration of units does not, though a note of the standard names it
    multipleOf 0.1      it allows for floating point: a limit of 0.30000000000000004 passes
    error codes         it writes OccurrenceConstraintViolation with two r, which errata 5.1 of OCPP-J wants left misspelt; it judges
                        no error code of a station
"""

import asyncio
import json
import subprocess
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
SERVER = Path(__file__).parent / "strict"
WAIT_S = 30.0


def prepare() -> None:
    """Install it once. Raises CalledProcessError: the last line says what is missing."""
    subprocess.run([ROOT / ".ci" / "node"], check=True)


class StrictCsms:
    """Its process. ``calls``: what the station asked, in order; ``wrong``: what it should not have said."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.asked: set[str] = set()
        self.wrong: list[str] = []
        self.url = ""
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._passed: dict[str, int] = {}
        self._news = asyncio.Event()
        self._process: Process
        self._reading: asyncio.Task[None]

    async def start(self) -> None:
        """Listen."""
        self._process = await asyncio.create_subprocess_exec("node", "server.js", cwd=SERVER, stdin=PIPE, stdout=PIPE)
        assert self._process.stdout is not None
        first = json.loads(await asyncio.wait_for(self._process.stdout.readline(), WAIT_S))
        self.url = f"ws://127.0.0.1:{first['listening']}"
        self._reading = asyncio.create_task(self._read())

    async def stop(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), WAIT_S)
        await self._reading

    async def ask(self, action: str, **params: Any) -> Json:
        """A CALL to the station: ``{"result": {...}}`` or ``{"error": code}``."""
        assert self._process.stdin is not None
        self.asked.add(action)
        number = len(self._answers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, "action": action, "params": params}).encode() + b"\n")
        return await asyncio.wait_for(self._answers[number], WAIT_S)

    async def says(self, wanted: str, action: str, **params: Any) -> Json:
        """A CALL whose answer has this status."""
        answer = await self.ask(action, **params)
        assert answer.get("result", {}).get("status") == wanted, f"{action} {params}: expected {wanted}, got {answer}"
        result: Json = answer["result"]
        return result

    async def hears(self, action: str, **wanted: Any) -> Json:
        """Wait for the next CALL of this action with these entries."""
        async with asyncio.timeout(WAIT_S):
            while True:
                for index in range(self._passed.get(action, 0), len(self.calls)):
                    name, params = self.calls[index]
                    if name == action and all(params.get(entry) == value for entry, value in wanted.items()):
                        self._passed[action] = index + 1
                        return params
                await self._news.wait()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for text in self._process.stdout:
            line = json.loads(text)
            if "call" in line:
                self.calls.append((line["call"], line["params"]))
            elif "wrong" in line:
                self.wrong.append(f"{line['wrong']}: {line['text']}")
            else:
                self._answers[line["id"]].set_result(line)
            self._news.set()
            self._news = asyncio.Event()
