"""Transactions: those that run, and those that are kept of the past."""

from typing import Literal

from msgspec import Struct

MOST = 200

Told = Literal["told", "waiting", "given_up", ""]
"""``waiting``: something of it has yet to reach the CSMS; ``given_up``: the CSMS has refused or ignored something too often, see
``chargepoint messages``; empty: there is no CSMS, or was none."""


class ListTransactions(Struct, frozen=True, kw_only=True, tag_field="ask", tag="list-transactions"):
    """The newest first, a page at a time."""

    before: int | None = None
    """Only those before this number; ``None``: from the newest on."""
    count: int = 50
    """At most; never more than ``MOST``."""


class TransactionLine(Struct, frozen=True, kw_only=True):
    """One of them."""

    number: int
    id: str
    csms_id: str
    """1.6 transactionId; empty: not known, or the CSMS knows it by ours."""
    evse: int
    connector: int
    started: str
    """ISO 8601, UTC."""
    ended: str
    """Empty: it runs."""
    duration_s: int
    start_wh: int
    """Of the meter's register, as ``end_wh``; while it runs that is the newest."""
    end_wh: int
    energy_wh: int
    token: str
    """Masked."""
    name: str
    """Of the card, if it is one of ours."""
    origin: str
    """local, remote, free."""
    stop_reason: str
    """ReasonEnumType of OCPP 2.0.1."""
    cost: str
    """As the CSMS said in the end, a decimal number in its currency; empty: it did not."""
    told: Told


class Transactions(Struct, frozen=True, kw_only=True):
    """``before``: what to ask with for the next page; ``None``: there is none."""

    lines: tuple[TransactionLine, ...]
    before: int | None
