"""Which room carries out which command: each room has a table of its own, the station puts them together."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from chargepoint.domain.commands import Reply

FollowUp = Callable[[], None] | None
"""What is to be done once the answer has left."""
Answered = tuple[Reply, FollowUp]
Order = Callable[[Any], Answered | Awaitable[Answered]]
"""Takes the command."""
Orders = Mapping[type, Order]
"""By the type of the command."""


async def carry_out(orders: Orders, command: object) -> Answered:
    """By the room that this command is for."""
    done = orders[type(command)](command)
    return await done if inspect.isawaitable(done) else done
