"""What a case has touched: so that only this is put back."""

from typing import Any

Json = dict[str, Any]


class Traces:
    """Of one case. ``spoils``: CALLs after which a station is not what it was, and nothing that a CSMS may say puts it back."""

    def __init__(self, spoils: frozenset[str] = frozenset()) -> None:
        self._spoils = spoils
        self.calls: list[tuple[str, Json]] = []
        self.settings: dict[str, None] = {}
        """Names of variables or keys that were set."""
        self.evses: set[int] = set()
        """Where somebody's hands were."""
        self.faults: set[tuple[int, str]] = set()
        self.cut = False
        """Network or power."""
        self.broken: set[int] = set()
        self.metered: set[int] = set()
        self.spoilt = False

    def asked(self, action: str, payload: Json) -> None:
        """A CALL leaves."""
        self.calls.append((action, payload))
        self.spoilt = self.spoilt or action in self._spoils

    def said(self, *actions: str) -> list[Json]:
        """The CALLs of these actions."""
        return [payload for action, payload in self.calls if action in actions]

    def done(self, method: str, path: str, body: Json) -> None:
        """A verb of the bench is asked for."""
        if method == "GET":
            return
        parts = path.strip("/").split("/")
        match parts:
            case ["network" | "power"]:
                self.cut = True
            case ["evses", evse, "hardware"]:
                self.broken.add(int(evse))
            case ["evses", evse, "meter"]:
                self.metered.add(int(evse))
            case ["evses", evse, "faults", name]:
                (self.faults.add if method == "PUT" else self.faults.discard)((int(evse), name))
            case ["evses", evse, "ev", *_]:
                self.evses.add(int(evse))
            case ["rfid"]:
                self.evses |= set(body.get("evses", ()))
            case _:
                self.spoilt = True
