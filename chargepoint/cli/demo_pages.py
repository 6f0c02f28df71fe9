"""The pages of the demo: where they are, and accounts to look at them with."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chargepoint import texts
from chargepoint.cli.options import part_of
from chargepoint.cli.web import PART
from chargepoint.web import passwords, server, setup_code
from chargepoint.web.accounts import Accounts
from chargepoint.web.roles import ROLES

HOST = "127.0.0.1"
PATIENCE_S = 20.0
LOOK_S = 0.1


def prepare(tree: dict[str, Any], state_dir: Path) -> str:
    """Puts ``[web]`` with free ports into a configuration, and an account of each role into its state; their password."""
    technicians, drivers = _free_ports(2)
    tree["web"] = {"listen": f"{HOST}:{technicians}", "driver_listen": f"{HOST}:{drivers}"}
    tree["public"] = {"operator": "Demo", "label": "DEMO-1", "help_line": "0800 000000", "languages": list(texts.LANGUAGES)}
    password = setup_code.new()
    accounts, kept = Accounts(part_of(state_dir, PART)), passwords.hashed(password)
    for role in ROLES:
        accounts.put(role, role, kept, datetime.now(UTC))
    return password


async def told(password: str, state_dir: Path) -> list[str]:
    """What to say of them, once they are there; that they are not, if they do not come."""
    for _ in range(int(PATIENCE_S / LOOK_S)):
        found = server.read_addresses(state_dir / PART)
        if found is not None:
            return [
                f"pages    {found['technicians']} for technicians: {', '.join(reversed(ROLES))}, password {password}",
                "         (the browser warns, for this certificate is the station's own)",
                f"         {found['drivers']} for drivers",
            ]
        await asyncio.sleep(LOOK_S)
    return ["pages    do not come up; the log of the demo says why"]


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago: they are to be the same after a power cut."""
    taken = [socket.create_server((HOST, 0)) for _ in range(count)]
    try:
        return [line.getsockname()[1] for line in taken]
    finally:
        for line in taken:
            line.close()
