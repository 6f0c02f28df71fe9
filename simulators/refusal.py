"""How the bench says no: an HTTP status, a code for programs, a message for people."""


class Refusal(Exception):
    """A request that is not carried out. Nothing in the world has changed."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad_request(message: str) -> Refusal:
    """The request itself is wrong."""
    return Refusal(400, "bad_request", message)


def unknown_evse(evse: str, known: list[int]) -> Refusal:
    """There is no such EVSE."""
    return Refusal(404, "unknown_evse", f"evse {evse}: unknown; there are {', '.join(map(str, known))}")


def unknown_connector(evse: int, connector: int, known: list[int]) -> Refusal:
    """The EVSE has no such connector."""
    return Refusal(404, "unknown_connector", f"connector {connector} of evse {evse}: unknown; there are {', '.join(map(str, known))}")


def unknown_fault(evse: int, name: str, raised: list[str]) -> Refusal:
    """That fault is not there to be cleared."""
    return Refusal(404, "unknown_fault", f"fault {name} of evse {evse}: not raised; raised are {', '.join(raised) or 'none'}")


def conflict(message: str) -> Refusal:
    """The world is not in a state in which this can happen."""
    return Refusal(409, "conflict", message)
