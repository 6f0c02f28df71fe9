"""What can go wrong between a question and its answer.

DeviceError
├── Silent     no answer at all: address, wiring, power
├── Garbled    an answer that makes no sense: baud, parity, termination, two devices with one address
├── Late       no time was left to ask (``ModbusLine.within``)
├── Refused    the device answered that it will not, with a code
└── Busy, Gone, Lost     the line itself (``hal.bus.turns``, ``hal.bus.line``)
"""

from collections.abc import Mapping

from hal.errors import DeviceError


class Silent(DeviceError):
    """Nothing came back."""


class Garbled(DeviceError):
    """What came back makes no sense."""


class Late(DeviceError):
    """It answers, but too slowly for all that it was asked."""


NOBODY = (10, 11)


class Refused(DeviceError):
    """An exception response (Modbus application protocol 7)."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code

    @property
    def by_gateway(self) -> bool:
        """Does a gateway say that nobody is there?"""
        return self.code in NOBODY


LATER = (5, 6)
"""Acknowledge and busy: the same question may be answered later."""

REASONS: Mapping[int, str] = {
    1: "it has no such function",
    2: "it has no such address",
    3: "it does not take this value or count",
    4: "it failed",
    5: "it needs time",
    6: "it is busy",
    10: "the gateway has no path",
    11: "nothing answers the gateway",
}


def reason(code: int) -> str:
    """What an exception code says."""
    return f"exception {code} ({REASONS[code]})" if code in REASONS else f"exception {code}"
