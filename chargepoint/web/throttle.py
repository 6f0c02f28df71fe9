"""Who guesses passwords waits: after ``FREE`` wrong ones in a row, of one account or from one address, longer each time.

Kept by the monotonic clock, in bounded memory. An account that somebody else keeps guessing at stays open to addresses from which its owner
has logged in before: nobody can be locked out from afar. There it has a count of its own, which the login of another account does not end.
(The terminal is open anyway: ``chargepoint password``.)
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from msgspec import Struct

FREE = 5
FIRST_S, LONGEST_S = 30.0, 900.0
"""The pause doubles with each wrong one, from the first to the longest."""
FORGOTTEN_S = 6 * 3600.0
"""After so long without a wrong one they begin at nothing."""
MOST = 2_000


Key = tuple[str, str]


class Count(Struct):
    """Wrong ones in a row."""

    wrong: int = 0
    last_s: float = 0.0

    @property
    def pause_s(self) -> float:
        """How long nothing is taken after the last."""
        beyond = self.wrong - FREE
        return 0.0 if beyond < 0 else min(LONGEST_S, FIRST_S * 2.0 ** min(beyond, 10))


class Throttle:
    """``wait_s`` before every try, then ``wrong`` or ``right``."""

    def __init__(self) -> None:
        self._counts: OrderedDict[Key, Count] = OrderedDict()
        self._familiar: OrderedDict[tuple[str, str], None] = OrderedDict()

    def wait_s(self, account: str, address: str, now_s: float) -> float:
        """How long nothing is taken of this account from there; 0: now."""
        near = neighbourhood(address)
        place, everywhere, pair = _keys(account, near)
        keys = (place, pair if (account, near) in self._familiar else everywhere)
        found = [self._counts[key] for key in keys if key in self._counts]
        return max((count.last_s + count.pause_s - now_s for count in found if count.pause_s), default=0.0)

    def wrong(self, account: str, address: str, now_s: float) -> None:
        """A wrong one. Called before the password is looked at, so that many at once count as well; ``right`` takes it back."""
        for key in _keys(account, neighbourhood(address)):
            count = self._counts.setdefault(key, Count())
            if now_s - count.last_s > FORGOTTEN_S:
                count.wrong = 0
            count.wrong, count.last_s = count.wrong + 1, now_s
            self._counts.move_to_end(key)
        while len(self._counts) > MOST:
            self._counts.popitem(last=False)

    def untried(self, account: str, address: str) -> None:
        """After ``wrong``: the password was not looked at after all."""
        for key in _keys(account, neighbourhood(address)):
            if key in self._counts:
                self._counts[key].wrong -= 1

    def right(self, account: str, address: str) -> None:
        """Whoever it was has got in."""
        near = neighbourhood(address)
        for key in _keys(account, near):
            self._counts.pop(key, None)
        self._familiar[account, near] = None
        self._familiar.move_to_end((account, near))
        while len(self._familiar) > MOST:
            self._familiar.popitem(last=False)


def _keys(account: str, near: str) -> tuple[Key, Key, Key]:
    """The address, the account, the account at that address."""
    return ("address", near), ("account", account), (f"account at {near}", account)


def neighbourhood(address: str) -> str:
    """Who can have one address of an IPv6 network can have them all."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(IPv6Address(int(known) >> 64 << 64))
    return str(known)
