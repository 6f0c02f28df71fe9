"""Restarting the machine, in order: services end, disks are written."""

import logging

from chargepoint.update.ports import InstallError
from chargepoint.update.system_bus import Bus, BusError, Peer

log = logging.getLogger(__name__)

LOGIND = Peer("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
SYSTEMD = Peer("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
WAYS = ((LOGIND, "Reboot", "b", (False,)), (SYSTEMD, "StartUnit", "ss", ("reboot.target", "replace-irreversibly")))
"""The second is for systems without logind."""
END_S = 300
"""Services that do not end are killed long before that."""


def machine(bus: Bus) -> None:
    """Ask for it, and wait for the end. Comes back once the bus has gone; raises InstallError if nothing happens."""
    refusal = ""
    for peer, member, signature, body in WAYS:
        try:
            bus.call(peer, member, signature, body)
        except BusError as error:
            if error.gone:
                return
            log.warning("event=restart_refused by=%s reason=%r", peer.service, str(error))
            refusal = str(error)
        else:
            log.info("event=machine_restarts by=%s", peer.service)
            _end(bus)
            return
    raise InstallError(f"the machine cannot be restarted ({refusal}); see journalctl --boot, restart it by hand, and try again")


def _end(bus: Bus) -> None:
    waited_s = 0
    while waited_s < END_S:
        try:
            waited_s += not bus.wait(1.0)
        except BusError:
            return
    raise InstallError(
        f"the machine was asked to restart, but has not within {END_S} s; see journalctl --boot, restart it by hand, and try again"
    )
