"""Hands and eyes at a station: what a tester does there, and what he can see without any CSMS."""

from typing import Any

from tests.campaigns.bench import Bench, Json, until_true
from tests.conformance.sites import SOCKET

CARD = "04A1B2C3"
WAIT_S = 20.0
"""For whatever must happen: a busy machine is no fault of the station."""
LOOK_S = 0.1
"""How often the bench is asked about what nobody tells."""


class Hands:
    """At one station in processes of its own."""

    def __init__(self) -> None:
        self.bench: Bench | None = None
        self._log_from = 0
        """Bytes of the log that earlier cases have written."""

    @property
    def log(self) -> str:
        """What the station's processes have written in this case."""
        return "" if self.bench is None else self.bench.log.read_bytes()[self._log_from :].decode(errors="replace")

    # What is done

    async def ask(self, method: str, path: str, **body: Any) -> Json:
        """A verb of the bench."""
        assert self.bench is not None, "opened"
        return await self.bench.ask(method, path, body or None)

    async def plug(self, evse: int = SOCKET, **body: Any) -> None:
        """A car that asks for current at once."""
        await self.ask("POST", f"/evses/{evse}/ev/plug", **{"reaction_s": 0, "phases": 3, **body})

    async def unplug(self, evse: int = SOCKET, *, side: str = "station") -> None:
        """The plug is pulled."""
        await self.ask("POST", f"/evses/{evse}/ev/unplug", side=side)

    async def card(self, token: str = CARD, *, evse: int = SOCKET) -> None:
        """A card at the reader, for one EVSE."""
        await self.ask("POST", "/rfid", token=token, evses=[evse])

    async def power(self, state: str) -> None:
        """``off`` or ``on``."""
        await self.ask("POST", "/power", state=state)

    async def hardware(self, evse: int = SOCKET, **body: Any) -> None:
        """What sensors report from now on."""
        await self.ask("PATCH", f"/evses/{evse}/hardware", **body)

    # What is seen

    async def evse(self, evse: int = SOCKET) -> Json:
        """One EVSE as the bench shows it."""
        state = await self.ask("GET", "/state")
        entry: Json = next(each for each in state["evses"] if each["id"] == evse)
        return entry

    async def shows(self, evse: int = SOCKET, **wanted: Any) -> Json:
        """Wait until the bench shows this of an EVSE."""
        seen: Json = {}

        async def shown() -> bool:
            seen.update(await self.evse(evse))
            return all(seen[name] == value for name, value in wanted.items())

        await until_true(shown, WAIT_S, lambda: f"EVSE {evse} does not show {wanted}: {seen}", LOOK_S)
        return seen

    async def waiting(self, messages: int) -> None:
        """Wait until at least so many messages wait for the CSMS."""

        async def wait() -> bool:
            return bool((await self.document())["messages"]["waiting"] >= messages)

        await until_true(wait, WAIT_S, lambda: f"fewer than {messages} messages wait for the CSMS", LOOK_S)

    async def logs(self, text: str, *, times: int = 1) -> None:
        """Wait until the station's processes have written this, so many times at least."""

        async def written() -> bool:
            return self.log.count(text) >= times

        await until_true(written, WAIT_S, lambda: f"{text!r} is not {times} times in the station's log", LOOK_S)

    async def document(self) -> Json:
        """The station's own document."""
        assert self.bench is not None, "opened"
        found: Json = {}

        async def answered() -> bool:
            assert self.bench is not None, "opened"
            found.update(await self.bench.document() or {})
            return bool(found)

        await until_true(answered, WAIT_S, lambda: "the station process does not answer")
        return found
