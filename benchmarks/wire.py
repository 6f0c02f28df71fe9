"""Wire layer: round trips per second of MeterValues with ten samples against a CSMS that answers at once.

    python -m benchmarks.wire [ROUNDS] [MESSAGES]

Three clients, one after the other in every round, each on its own connection to the same server in another process:

    chargepoint   our session: encode, validate, send, receive, validate, decode
    ocpp          the ``ocpp`` package used plainly: the same, its way
    websockets    nothing but the text of the same message, made once, and the answer as text: the most that can be had

All three connect alike, without compression and pings. Many short rounds: the fastest tells what the code costs, the median what this
machine had left for it.
"""

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from statistics import median
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from chargepoint.domain.commands import Command, Outcome, Reply, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample
from chargepoint.domain.notifications import MeterValues, Registration
from chargepoint.ocpp import frames
from chargepoint.ocpp.connection import dial
from chargepoint.ocpp.dialect import Site, load
from chargepoint.ocpp.session import Session
from chargepoint.ocpp.settings import OcppSettings

ROUNDS = 60
MESSAGES = 200

CONNECTOR = ConnectorId(1)
SITE = Site((CONNECTOR,))
NOTIFICATION = MeterValues(
    1,
    CONNECTOR,
    (
        MeterValue(
            datetime(2026, 1, 1, tzinfo=UTC),
            ReadingContext.PERIODIC,
            (
                Sample("Energy.Active.Import.Register", 1234567, "Wh"),
                Sample("Power.Active.Import", 22080, "W"),
                *(Sample("Current.Import", 31.972 + phase / 1000, "A", f"L{phase}") for phase in (1, 2, 3)),
                *(Sample("Voltage", 229.87 + phase, "V", f"L{phase}-N") for phase in (1, 2, 3)),
                Sample("Frequency", 49.98, "Hz"),
                Sample("Current.Offered", 32, "A"),
            ),
        ),
    ),
)

RoundTrip = Callable[[], Awaitable[Any]]


class Mute:
    """A station that is asked nothing."""

    registration = Registration.ACCEPTED

    def csms_connected(self) -> None:
        """Nothing to do."""

    def csms_lost(self, reason: str) -> None:
        """Nothing to do."""

    def framed(self, sent: bool, data: bytes | bytearray | memoryview) -> None:
        """Nothing to do."""

    def noted(self, kind: str, info: str) -> None:
        """Nothing to do."""

    async def obey(self, command: Command) -> tuple[Reply, None]:
        """Never called here."""
        return Outcome(Verdict.REJECTED), None

    def csms_transaction_id(self, transaction_id: str) -> str | None:
        """No transactions."""
        return None


def csms(pipe: Pipe) -> None:
    """The other process: an empty CALLRESULT for every CALL."""

    async def answer(websocket: ServerConnection) -> None:
        async for message in websocket:
            await websocket.send(f'[3,"{str(message).split(chr(34), 2)[1]}",{{}}]')

    async def run() -> None:
        async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], compression=None, ping_interval=None) as server:
            pipe.send(next(iter(server.sockets)).getsockname()[1])
            await asyncio.Event().wait()

    asyncio.run(run())


async def chargepoint(port: int, stack: AsyncExitStack) -> RoundTrip:
    """Our session."""
    settings = OcppSettings(url=None, identity="ours", versions=("1.6",))
    connection = await dial(f"ws://127.0.0.1:{port}", settings)
    session = Session(connection, load("1.6", SITE), Mute(), settings.message_time_out_s)
    listening = asyncio.create_task(session.run())
    stack.push_async_callback(connection.close)
    stack.callback(listening.cancel)
    return lambda: session.ask(NOTIFICATION)


async def plain_connection(port: int, name: str, stack: AsyncExitStack) -> Any:
    """A connection as ours is made, without anything around it."""
    return await stack.enter_async_context(
        connect(f"ws://127.0.0.1:{port}/{name}", subprotocols=[Subprotocol("ocpp1.6")], compression=None, proxy=None, ping_interval=None)
    )


async def ocpp_package(port: int, stack: AsyncExitStack) -> RoundTrip:
    """The package's own charge point."""
    from ocpp.v16 import ChargePoint, call

    point = ChargePoint("package", await plain_connection(port, "package", stack))
    listening = asyncio.create_task(point.start())
    stack.callback(listening.cancel)
    payload = load("1.6", SITE).encode(NOTIFICATION)
    assert payload is not None
    values = [{"timestamp": value["timestamp"], "sampled_value": value["sampledValue"]} for value in payload.payload["meterValue"]]
    return lambda: point.call(call.MeterValues(connector_id=1, meter_value=values))


async def raw(port: int, stack: AsyncExitStack) -> RoundTrip:
    """Text there, text back."""
    websocket = await plain_connection(port, "raw", stack)
    request = load("1.6", SITE).encode(NOTIFICATION)
    assert request is not None
    text = frames.encode_call("0123456789abcdef-100", request.action, request.payload).decode()

    async def round_trip() -> None:
        await websocket.send(text)
        await websocket.recv()

    return round_trip


CLIENTS = {"chargepoint": chargepoint, "ocpp": ocpp_package, "websockets": raw}


async def measure(port: int, rounds: int, messages: int) -> dict[str, list[float]]:
    """Round trips per second of each client in each round but the first, which warms up."""
    figures: dict[str, list[float]] = {name: [] for name in CLIENTS}
    async with AsyncExitStack() as stack:
        trips = {name: await client(port, stack) for name, client in CLIENTS.items()}
        for _ in range(rounds + 1):
            for name, trip in trips.items():
                began = time.perf_counter()
                for _ in range(messages):
                    await trip()
                figures[name].append(messages / (time.perf_counter() - began))
    return {name: each[1:] for name, each in figures.items()}


def main() -> None:
    """Measure and print."""
    rounds, messages = [*map(int, sys.argv[1:]), *(ROUNDS, MESSAGES)[len(sys.argv) - 1 :]]
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=csms, args=(there,), daemon=True)
    server.start()
    figures = asyncio.run(measure(here.recv(), rounds, messages))
    server.terminate()
    server.join()
    print(f"MeterValues, ten samples, OCPP 1.6, round trips per second ({rounds} rounds of {messages})")
    print(f"  {'':<20} {'fastest':>8} {'median':>8}")
    for name, each in figures.items():
        print(f"  {name:<20} {max(each):8.0f} {median(each):8.0f}")
    for other, aim in (("ocpp", "at least 3"), ("websockets", "aim 0.75")):
        fastest, usual = (of(figures["chargepoint"]) / of(figures[other]) for of in (max, median))
        print(f"  {'ours / ' + other:<20} {fastest:8.2f} {usual:8.2f}   ({aim})")


if __name__ == "__main__":
    main()
