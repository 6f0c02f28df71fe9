"""``chargepoint station``: the station process."""

import asyncio
import gc
import logging
import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from chargepoint.cli import hardware, maintaining, notify, securing
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError
from chargepoint.cli.notify import Manager
from chargepoint.cli.options import add_config, add_state_dir, begin_log, part_of
from chargepoint.cli.paths import Sockets, sockets
from chargepoint.cli.telling import tell
from chargepoint.cli.updating import ByUpdater
from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import NO_AUTHORIZATION, ConnectorId, IdToken
from chargepoint.domain.notifications import StationIdentity
from chargepoint.domain.variables.communication import (
    MESSAGE_TIMEOUT,
    RETRY_BACK_OFF_RANDOM_RANGE,
    RETRY_BACK_OFF_REPEAT_TIMES,
    RETRY_BACK_OFF_WAIT_MINIMUM,
    WEB_SOCKET_PING_INTERVAL,
)
from chargepoint.link import seqpacket
from chargepoint.link.ports import StationEnd
from chargepoint.link.release import RELEASE
from chargepoint.ocpp.backoff import BackOffRule
from chargepoint.ocpp.client import OcppClient
from chargepoint.ocpp.settings import OcppSettings
from chargepoint.station import fresh, restored, rights
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms, StationPort
from chargepoint.station.displaying import Place
from chargepoint.station.inquiry import Inquiry, Refuse
from chargepoint.station.security import Security
from chargepoint.station.settings import EvseSettings, StationSettings
from chargepoint.station.station import Station
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store

HELP = """The station process, as systemd runs it: authorisation, transactions, OCPP. It may be stopped, killed and started at any time:
a car that charges goes on at the failsafe current, and nothing that was recorded is lost."""

KERNEL = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
"""Made when the network has told the time."""
TOLD_S = 5.0
"""How often the service manager is told how the station is, at least."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)


def run(arguments: Namespace) -> int:
    """Until SIGTERM or SIGINT: 0. A reset replaces the process by a new one."""
    begin_log()
    folder = part_of(arguments.state_dir, "station")
    settle(folder)
    configuration = read(arguments.config)
    places = sockets(configuration, arguments.state_dir)
    tell("station", places.log)
    try:
        store = Store(folder / "store.sqlite", alone=True)
        restored.settle(folder, store, datetime.now(UTC))
        restart = asyncio.run(_serve(configuration, places, store, folder))
        store.close()
    except* StoreError as group:
        raise CliError("; ".join(str(error) for error in group.exceptions)) from None
    if restart:
        os.execv(sys.executable, [sys.executable, "-m", "chargepoint", *sys.argv[1:]])
    return 0


def settle(folder: Path) -> None:
    """A factory reset that was begun, in the station's part of the state directory. Raises CliError."""
    try:
        fresh.settle(folder, datetime.now(UTC))
    except (OSError, StoreError) as error:
        raise CliError(f"factory reset of {folder}: {error}; it goes on at the next start") from error


async def _serve(configuration: Configuration, places: Sockets, store: Store, folder: Path) -> bool:
    """True: start anew."""
    station = compose(configuration, places, store, folder)
    gc.collect()
    gc.freeze()  # what stands now stays: looking through all of it for garbage would hold everything up for a while, again and again
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, station.leave)
    door = Inquiry(Path(places.inquiry), station.document, station.takers, places.inquiry_mode, _refuse(folder.parent))
    inquiry = asyncio.create_task(door.run())
    manager = notify.manager()
    living = asyncio.create_task(_live(manager, station))
    try:
        return await station.run()
    finally:
        manager.stopping()
        living.cancel()
        inquiry.cancel()


def _refuse(state_dir: Path) -> Refuse:
    return lambda question, caller: rights.refusal(question, caller, rights.trusted(state_dir))


async def _live(manager: Manager, station: Station) -> None:
    """Tell the service manager that the event loop goes on, and how the station is."""
    while True:
        manager.alive(asyncio.get_running_loop().time())
        manager.status(_status(station))
        await asyncio.sleep(min(manager.feed_s, TOLD_S))


def _status(station: Station) -> str:
    control = "control is heard" if station.link.connected else "control is not heard"
    running = sum(session.transaction is not None for session in station.transacting.sessions.values())
    csms = f", CSMS {'accepts' if station.uplink.accepted else 'does not accept'} this station" if station.settings.has_csms else ""
    return f"{control}, {running} transaction{'s' * (running != 1)}{csms}"


def compose(configuration: Configuration, places: Sockets, store: Store, folder: Path) -> Station:
    """The station that the configuration describes. ``folder``: its part of the state directory."""
    configuration = with_version(configuration)
    securing.settle(configuration, store)
    model = DeviceModel(configuration, store.facts.changed_variables(), store.facts.change_variable)
    clock = StationClock(hardware.wall_clock(configuration, places))
    uplink = hardware.network(configuration, places)

    async def connect() -> StationEnd:
        return await seqpacket.connect(places.link)

    def csms(port: StationPort) -> Csms:
        return OcppClient(ocpp_settings(configuration, model, lambda: station.security), port, uplink.changes)

    firmware = replace(maintaining.firmware_settings(configuration, folder, model), updater=ByUpdater(places.updater))
    settings = replace(station_settings(configuration, folder), firmware=firmware, kernel=_kernel(), synchronised=SYNCHRONISED.exists)
    settings = replace(settings, bench=configuration.hal.backend != "drivers")
    displays = [Place(display, evses) for display, evses in hardware.displays(configuration, places)]
    station = Station(settings, store, model, clock, connect, csms, hardware.readers(configuration, places), displays=displays)
    logging.getLogger().addHandler(station.maintenance.recent)
    return station


def with_version(configuration: Configuration, release: str = RELEASE) -> Configuration:
    """As the CSMS is told: the maker's version of the whole station where the file has one, else the release that runs (at most 50
    characters: firmwareVersion of 1.6 and 2.0.1). So it learns of an update by the next BootNotification (2.0.1 B01)."""
    part = configuration.station
    return replace(configuration, station=replace(part, firmware=part.firmware or release[:50]))


def _kernel() -> str:
    """The name of this start of the machine; empty: it does not tell."""
    try:
        return KERNEL.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def station_settings(configuration: Configuration, folder: Path) -> StationSettings:
    """What the station has to know."""
    part, authorization = configuration.station, configuration.authorization
    return StationSettings(
        identity=StationIdentity(part.id, part.vendor, part.model, part.serial, part.firmware),
        evses=tuple(_evse(configuration, evse) for evse in configuration.evses),
        resume_after_power_loss=part.after_power_loss == "resume",
        free_token=IdToken(authorization.free_id_tag, NO_AUTHORIZATION) if authorization.free else None,
        cards=tuple(IdToken(card) for card in authorization.cards),
        page_token=IdToken(authorization.free_id_tag, NO_AUTHORIZATION) if configuration.public.start else None,
        page_stops=configuration.public.stop,
        has_csms=configuration.ocpp.csms_url is not None,
        network=securing.network_profile(configuration),
        versions=configuration.ocpp.versions,
        relative_station_profile=configuration.ocpp.relative_station_profile,
        fuse_a=configuration.site.fuse_a,
        security=securing.security_settings(configuration, folder),
    )


def _evse(configuration: Configuration, evse: EvsePart) -> EvseSettings:
    return EvseSettings(
        evse=evse.id,
        connectors=tuple(ConnectorId(evse.id, connector.id) for connector in evse.connectors),
        sockets=frozenset(connector.id for connector in evse.connectors if connector.cable == "socket"),
        rating_ma=int(evse.max_current_a * 1000),
        failsafe_ma=int(evse.failsafe_current_a * 1000),
        phases=evse.phases,
        voltage_v=configuration.site.voltage_v,
        signs=evse.signs,
        public_key=evse.public_key,
    )


def ocpp_settings(configuration: Configuration, model: DeviceModel, security: Callable[[], Security]) -> OcppSettings:
    """What the OCPP client has to know, and where it reads what the CSMS may change."""
    ocpp = configuration.ocpp
    return OcppSettings(
        url=ocpp.csms_url,
        identity=configuration.station.id,
        versions=ocpp.versions,
        access=lambda: security().securing.access(),
        failed=lambda answered: security().securing.failed(answered),
        verified=lambda chain: security().certificates.verified(chain),
        assume_subprotocol=ocpp.assume_subprotocol,
        connectors=configuration.connectors,
        reconnect=lambda: BackOffRule(
            model.read(RETRY_BACK_OFF_WAIT_MINIMUM), model.read(RETRY_BACK_OFF_RANDOM_RANGE), model.read(RETRY_BACK_OFF_REPEAT_TIMES)
        ),
        ping_interval_s=lambda: model.read(WEB_SOCKET_PING_INTERVAL),
        message_time_out_s=lambda: model.read(MESSAGE_TIMEOUT),
    )
