"""``python -m hal.conformance KIND NAME [entry=value ...]``: the rules that need no bench, with a driver on whatever is connected."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import hal
from hal import conformance
from hal.errors import DriverError, HalError
from hal.facts import extra_for, lacking

CHECKS: dict[str, Callable[..., list[str]]] = {
    "boards": conformance.check_board,
    "meters": conformance.check_meter,
    "readers": conformance.check_reader,
    "indicators": conformance.check_indicator,
    "displays": conformance.check_display,
}
USAGE = f"usage: python -m hal.conformance {{{','.join(CHECKS)}}} NAME [entry=value ...]"


def main(arguments: Sequence[str]) -> int:
    """0: every rule that was played is kept; 1: one is broken, or none was played; 2: wrong usage."""
    if len(arguments) < 2 or arguments[0] not in CHECKS or any("=" not in each for each in arguments[2:]):
        print(USAGE, file=sys.stderr)
        return 2
    kind, name, *others = arguments
    entries = {entry: _value(text) for entry, _, text in (each.partition("=") for each in others)}
    try:
        driver = hal.load(kind, name)
        facts = hal.about(kind, name)
        if facts is not None and (lacks := lacking(extra_for(facts, entries))):
            raise DriverError(f"{name}: {lacks}")
        held = CHECKS[kind](lambda: driver(**entries))
    except (AssertionError, HalError) as error:
        print(error, file=sys.stderr)
        return 1
    except TypeError as error:  # the constructor's own words
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    print("\n".join(f"kept: {sentence}" for sentence in held) or "no rule can be played without somebody at its other side")
    return 0 if held else 1


def _value(text: str) -> Any:
    """As TOML would read it; text needs no quotes."""
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
