"""The lab of OCPP 2.0.1: one station that runs, and is put back after each case (``putting_back``). What a case can say:

    await lab.call("GetVariables", getVariableData=[...])            a CALL and its answer
    await lab.says("Accepted", "Reset", type="Immediate")            a CALL, and the status of its answer; the answer
    await lab.refuses("NotImplemented", "ClearCache")                a CALL that must get this CALLERROR
    await lab.configure({"TxCtrlr.EVConnectionTimeOut": "1"})        SetVariables, all Accepted or RebootRequired; put back afterwards
    await lab.prepare({...})                                         the same "if implemented"
    await lab.variable("AuthCtrlr.Enabled"), lab.result(name)        the value, or all of GetVariables' answer for it (names: ``naming``)
    await lab.hears("NotifyReport", requestId=1)                     the next message with these entries; lab.heard(...): all of the case
    await lab.event("Started", triggerReason="Authorized", evse=1)   the next TransactionEvent; entries of transactionInfo count as well;
                                                                     a set: one of these; None: absent; ...: present
    await lab.status("Occupied", evse=1)                             the connector's next status, as StatusNotification or NotifyEvent
    lab.events(transaction), lab.told(transaction)                   all its events, seqNo without gaps; (eventType, triggerReason) of each
    await lab.plug(1), unplug, card("04A1..", evse=1), hardware(1, lock="stuck_open"), power("off"), network("down"), ask(...)   hands
    lab.csms.behaviour = Behaviour(...), lab.csms.tokens.replace({...}), lab.tokens({...})                       the CSMS is unkind
    lab.csms.behaviour = Behaviour(answers={"TransactionEvent": {"totalCost": 1.5}})         entries of its answers
    await lab.booted(), online(), offline(), charge(1), shows(1, contactor="open"), waiting(3), logs("...")      waiting
    lab.in_s(60)                                                     the time in a minute, as messages have it

The reusable states of part 6 are coroutines of ``states``. What a case does with these words, and with CALLs, the lab puts back by itself.
"""

from collections.abc import Hashable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from simulators.csms.message_log import Message
from simulators.csms.server import Csms
from tests.campaigns.bench import Json
from tests.conformance.lab import CARD, LOOK_S, OTHER_CARD, WAIT_S, LabError, Laboratory, in_order
from tests.conformance.v201.matching import availability, event_fits
from tests.conformance.v201.naming import read, written
from tests.conformance.v201.sites import SOCKET, Change, tree

__all__ = ["CARD", "LOOK_S", "OTHER_CARD", "WAIT_S", "Lab", "LabError", "in_order"]


class Lab(Laboratory):
    """One station, for one case or for many."""

    VERSION = "2.0.1"
    SPOILS = frozenset(
        {"CertificateSigned", "DeleteCertificate", "InstallCertificate", "PublishFirmware", "SetNetworkProfile", "UpdateFirmware"}
    )

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.factory: dict[str, str] = {}
        """Values of variables before the first case changed them."""

    async def open(self, *, csms: Csms | None = None, change: Change | None = None, boots: bool = True) -> None:
        """Start both; ``boots``: the station is accepted, and has told how its connectors are, when this returns."""
        self.serve(csms)
        if not self.csms.url:
            await self.csms.start()
        self.tree = tree(self.csms.url)
        if change is not None:
            change(self.tree)
        await self.start()
        if boots:
            await self.booted()

    # What the CSMS does

    async def call(self, action: str, **payload: Any) -> Json:
        """A CALL and its answer. Raises CallRefused for a CALLERROR."""
        if action == "SetVariables":
            await self._remember(written(entry) for entry in payload["setVariableData"] if entry.get("attributeType", "Actual") == "Actual")
        return await super().call(action, **payload)

    async def _remember(self, names: Iterable[str]) -> None:
        touched = list(dict.fromkeys(names))
        self.traces.settings |= dict.fromkeys(touched)
        unknown = [name for name in touched if name not in self.factory]
        if not unknown:
            return
        answer = await super().call("GetVariables", getVariableData=list(map(read, unknown)))
        for name, result in zip(unknown, answer["getVariableResult"], strict=True):
            if result["attributeStatus"] == "Accepted":
                self.factory[name] = result.get("attributeValue", "")

    async def write(self, values: Mapping[str, str]) -> dict[str, Json]:
        """SetVariables: what became of each, by its name."""
        data = [{**read(name), "attributeValue": value} for name, value in values.items()]
        answer = await self.call("SetVariables", setVariableData=data)
        return dict(zip(values, answer["setVariableResult"], strict=True))

    async def configure(self, values: Mapping[str, str]) -> None:
        """SetVariables, all of them accepted."""
        results = await self.write(values)
        wrong = {name: result for name, result in results.items() if result["attributeStatus"] not in ("Accepted", "RebootRequired")}
        if wrong:
            raise LabError(f"expected all of {dict(values)} to be accepted, got {wrong}")

    async def prepare(self, values: Mapping[str, str]) -> None:
        """The same for a configuration state "if implemented": what the station does not have, or always has like this, is passed over."""
        for name, result in (await self.write(values)).items():
            absent = result["attributeStatus"] in ("UnknownComponent", "UnknownVariable", "Accepted", "RebootRequired")
            if not absent and await self.variable(name) != values[name]:
                raise LabError(f"variable {name}: expected {values[name]}, got {result}")

    async def result(self, name: str, attribute: str | None = None) -> Json:
        """GetVariables' answer for one variable."""
        kind = {} if attribute is None else {"attributeType": attribute}
        answer = await self.call("GetVariables", getVariableData=[{**read(name), **kind}])
        (result,) = answer["getVariableResult"]
        found: Json = result
        return found

    async def variable(self, name: str) -> str:
        """The value of one variable, which there must be."""
        result = await self.result(name)
        if result["attributeStatus"] != "Accepted":
            raise LabError(f"variable {name}: expected a value, got {result}")
        value: str = result.get("attributeValue", "")
        return value

    # What the CSMS hears

    def place(self, action: str, wanted: Json) -> Hashable:
        """Statuses connector by connector, events EVSE by EVSE."""
        if action == "StatusNotification":
            return action, wanted.get("evseId", SOCKET), wanted.get("connectorId", 1)
        return action

    async def status(self, wanted: str, *, evse: int = SOCKET, connector: int = 1) -> Message:
        """Wait for the next status of one connector, which must be this one."""
        place = "StatusNotification", evse, connector

        def fresh() -> tuple[Message, str] | None:
            for message in self.csms.messages.after(self._seen[place]):
                told = availability(message).get((evse, connector))
                if told is not None:
                    return message, told
            return None

        try:
            await self.csms.until(lambda: fresh() is not None, WAIT_S)
        except TimeoutError:
            raise LabError(f"connector {evse}.{connector}: expected {wanted}; nothing came after message {self._seen[place]}") from None
        found = fresh()
        assert found is not None, "waited for"
        message, told = found
        self._seen[place] = message.number
        if told != wanted:
            raise LabError(f"connector {evse}.{connector}: expected {wanted}, got {told} ({message.payload})")
        return message

    async def event(self, kind: str | frozenset[str] | set[str] | None = None, *, within_s: float = WAIT_S, **wanted: Any) -> Message:
        """Wait for the next TransactionEvent with these entries (``matching``); those that came before it count as passed."""
        place = "TransactionEvent", wanted.get("evse")
        asked = wanted if kind is None else {"eventType": kind, **wanted}

        def fresh() -> Message | None:
            events = self.heard("TransactionEvent", after=self._seen[place])
            return next((event for event in events if event_fits(event.payload, asked)), None)

        try:
            await self.csms.until(lambda: fresh() is not None, within_s)
        except TimeoutError:
            told = [event.payload for event in self.heard("TransactionEvent", after=self._seen[place])]
            raise LabError(f"expected a TransactionEvent {asked} within {within_s:g} s; came: {told}") from None
        message = fresh()
        assert message is not None, "waited for"
        self._seen[place] = message.number
        return message

    def events(self, transaction: str) -> list[Json]:
        """The events of one transaction in this case so far; every seqNo from 0 on, each once."""
        payloads = [message.payload for message in self.heard("TransactionEvent")]
        found = [payload for payload in payloads if payload["transactionInfo"]["transactionId"] == transaction]
        numbers = [payload["seqNo"] for payload in found]
        assert numbers == list(range(len(numbers))), f"transaction {transaction}: seqNo without gaps was expected, got {numbers}"
        return found

    def told(self, transaction: str) -> list[tuple[str, str]]:
        """Kind and reason of each of its events."""
        return [(event["eventType"], event["triggerReason"]) for event in self.events(transaction)]

    async def booted(self) -> Message:
        """Wait for a BootNotification that is accepted, and for the status of every connector; the boot."""
        boot = await self.hears("BootNotification")
        while (await self.answer(boot))["status"] != "Accepted":
            boot = await self.hears("BootNotification")
        for evse in self.tree["evses"]:
            for connector in evse["connectors"]:
                await self._told_since(boot, evse["id"], connector["id"])
        return boot

    async def _told_since(self, boot: Message, evse: int, connector: int) -> None:
        def last() -> int:
            told = (each for each in self.csms.messages.after(boot.number) if (evse, connector) in availability(each))
            return max((each.number for each in told), default=0)

        await self.csms.until(lambda: last() > 0, WAIT_S)
        self._seen["StatusNotification", evse, connector] = last()

    # What both of them do

    @staticmethod
    def in_s(seconds: float) -> str:
        """A time from now on, as messages have it."""
        return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    async def charge(self, evse: int = SOCKET, *, token: str = CARD) -> str:
        """A car that charges, locally authorised, cable first; the id of its transaction."""
        await self.plug(evse)
        await self.status("Occupied", evse=evse)
        await self.card(token, evse=evse)
        event = await self.event(chargingState="Charging", evse=evse)
        transaction: str = event.payload["transactionInfo"]["transactionId"]
        return transaction
