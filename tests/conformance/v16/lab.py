"""The lab of OCPP 1.6: one station that runs, and is put back after each case (``putting_back``). What a case can say, beyond what the
labs of both versions know (``tests/conformance/lab.py``, ``hands.py``):

    await lab.configure(MeterValueSampleInterval="2")       ChangeConfiguration, all Accepted; put back afterwards
    await lab.key("HeartbeatInterval")                      the value of one key
    await lab.status("Charging", connector=1)               the connector's next status; only a pause may come before it
    await lab.started(idTag="04A1B2C3")                     the id of the next StartTransaction
    await lab.booted(), charge(1)                           waiting

What a case does with these words, and with CALLs, the lab puts back by itself.
"""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from simulators.csms.message_log import Message
from simulators.csms.server import Csms
from tests.campaigns.bench import Json
from tests.conformance.lab import CARD, LOOK_S, OTHER_CARD, WAIT_S, LabError, Laboratory, in_order
from tests.conformance.v16.sites import SOCKET, Change, tree

__all__ = ["CARD", "LOOK_S", "OTHER_CARD", "WAIT_S", "Lab", "LabError", "in_order"]

ON_THE_WAY = frozenset({"SuspendedEV", "SuspendedEVSE"})


class Lab(Laboratory):
    """One station, for one case or for many. Messages are expected in their order, action by action and connector by connector."""

    VERSION = "1.6"
    SPOILS = frozenset({"CertificateSigned"})

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.factory: dict[str, str] = {}
        """Values of keys before the first case changed them."""

    async def open(
        self, *, csms: Csms | None = None, change: Change | None = None, boots: bool = True, keys: Mapping[str, str] | None = None
    ) -> None:
        """Start both; ``boots``: the station is accepted, and has told how its connectors are, when this returns."""
        self.serve(csms)
        if not self.csms.url:
            await self.csms.start()
        self.tree = tree(self.csms.url, keys or {})
        if change is not None:
            change(self.tree)
        await self.start()
        if boots:
            await self.booted()

    # What the CSMS does

    async def call(self, action: str, **payload: Any) -> Json:
        """A CALL and its answer. Raises CallRefused for a CALLERROR."""
        if action == "ChangeConfiguration":
            await self._remember(payload["key"])
        return await super().call(action, **payload)

    async def _remember(self, key: str) -> None:
        self.traces.settings[key] = None
        if key not in self.factory:
            answer = await super().call("GetConfiguration", key=[key])
            self.factory |= {entry["key"]: entry["value"] for entry in answer.get("configurationKey", ()) if "value" in entry}

    async def configure(self, **keys: str) -> None:
        """ChangeConfiguration, key by key, all accepted."""
        for key, value in keys.items():
            await self.says("Accepted", "ChangeConfiguration", key=key, value=value)

    async def prepare(self, keys: Mapping[str, str]) -> None:
        """The same for what is not like this yet."""
        for key, value in keys.items():
            if await self.key(key) != value:
                await self.configure(**{key: value})

    async def key(self, name: str) -> str | None:
        """The value of one key."""
        answer = await self.call("GetConfiguration", key=[name])
        (entry,) = answer["configurationKey"]
        value: str | None = entry.get("value")
        return value

    # What the CSMS hears

    def place(self, action: str, wanted: Json) -> Hashable:
        """Each connector for itself."""
        return action, wanted.get("connectorId")

    async def status(self, wanted: str, *, connector: int = SOCKET) -> Message:
        """Wait for this status of one connector. Nothing comes before it but a pause, which car and station may make on the way."""
        while True:
            message = await self.hears("StatusNotification", connectorId=connector)
            seen = message.payload["status"]
            if seen == wanted:
                return message
            if seen not in ON_THE_WAY:
                raise LabError(f"connector {connector}: expected {wanted}, got {message.payload}")

    async def started(self, **wanted: Any) -> int:
        """Wait for the next StartTransaction; the id that it got."""
        message = await self.hears("StartTransaction", **wanted)
        answer = await self.answer(message)
        number: int = answer["transactionId"]
        return number

    async def booted(self) -> Message:
        """Wait for a BootNotification that is accepted, and for the status of every connector; the boot."""
        boot = await self.hears("BootNotification")
        while (await self.answer(boot))["status"] != "Accepted":
            boot = await self.hears("BootNotification")
        for connector in range(len(self.tree["evses"]) + 1):
            await self.hears("StatusNotification", connectorId=connector)
        return boot

    # What both of them do

    async def charge(self, evse: int = SOCKET, *, token: str = CARD) -> int:
        """A car that charges, locally authorised, cable first; the id of its transaction."""
        await self.plug(evse)
        await self.status("Preparing", connector=evse)
        await self.card(token, evse=evse)
        number = await self.started(connectorId=evse)
        await self.status("Charging", connector=evse)
        return number
