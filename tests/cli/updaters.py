"""An updater that the test plays, at a real socket."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from chargepoint.update.messages import Manifest, Offered, Part, Phase, Question, See, State, Update

MANIFEST = Manifest(
    version="0.2.0",
    installer="dry-run",
    compatible="any",
    architecture="all",
    payload="chargepoint.deb",
    size=12,
    sha256="00",
    built="2026-11-20",
    support_until="2031-11-20",
    notes="Charging begins sooner.\nA <fault> less.",
)
UPDATE = Update(
    id="ab" * 32, manifest=MANIFEST, phase=Phase.CHECKED, source="page", by="technician", before="0.1.0", since_unix_s=1_795_435_200
)
STATE = State(
    version="0.1.0",
    installer="deb",
    parts=(Part("operating system", "Debian 12"), Part("kernel", "6.1.0")),
    support_until="2030-01-31",
    before="0.0.9",
    trusted=("CN=Acme releases",),
)


def in_phase(phase: Phase, **more: Any) -> Update:
    return replace(UPDATE, phase=phase, **more)


class PlayedUpdater:
    """``states``: one for each See, the last again and again. ``asked``: everything else, in order; ``files``: what came with offers."""

    def __init__(self, *states: State) -> None:
        self.states = list(states) or [STATE]
        self.asked: list[Question] = []
        self.sees = 0
        self.files: list[bytes] = []
        self.answers: dict[type, Offered | None] = {}
        """By the kind of the question; ``None``: it hangs up without a word."""

    def answer(self, question: Question, file: bytes | None) -> Offered | State | None:
        if isinstance(question, See):
            self.sees += 1
            return self.states.pop(0) if len(self.states) > 1 else self.states[0]
        self.asked.append(question)
        if file is not None:
            self.files.append(file)
        usual = Offered(accepted=True, update=UPDATE)
        return self.answers.get(type(question), usual)

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncIterator[str]:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            listener.setblocking(False)
            serving = asyncio.create_task(self._serve(listener))
            try:
                yield str(path)
            finally:
                serving.cancel()
                os.unlink(path)

    async def _serve(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            line, _ = await loop.sock_accept(listener)
            with line:
                line.setblocking(True)
                said, files, _, _ = socket.recv_fds(line, 65_536, 1)
                line.setblocking(False)
                content = None
                if files:
                    content = os.pread(files[0], 1 << 20, 0)
                    os.close(files[0])
                answer = self.answer(msgspec.json.decode(said, type=Question), content)
                if answer is not None:
                    await loop.sock_sendall(line, msgspec.json.encode(answer) + b"\n")
