"""Is any network cable, radio or modem connected?"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from chargepoint.domain.findings import Figures, Finding, failing
from chargepoint.ladder.way import Way

NAME = "link"
LOOPBACK = "772"
"""ARPHRD_LOOPBACK."""
INSIDE = ("ifb", "dummy", "veth", "docker", "virbr", "tunl", "sit")
"""Begins the names of interfaces that lead nowhere outside."""
WEAK_DBM = -80


class Interface(Struct, frozen=True, kw_only=True):
    """One that may lead outside."""

    name: str
    carrier: bool
    speed_mbit: int | None = None
    half_duplex: bool = False
    signal_dbm: int | None = None

    def words(self) -> str:
        """For people."""
        if not self.carrier:
            return f"{self.name} no carrier"
        speed = "carrier" if self.speed_mbit is None else f"{self.speed_mbit} Mb/s"
        return f"{self.name} {speed}{', half duplex' * self.half_duplex}{'' if self.signal_dbm is None else f', {self.signal_dbm} dBm'}"


def look(way: Way) -> Finding:
    """The rung."""
    if way.at_home:
        return Finding(name=NAME, state="not needed", text="the CSMS is on this computer")
    there = list(interfaces(way.root))
    if not there:
        text = "no network interface is seen in /sys/class/net"
        return Finding(name=NAME, state="not known", text=text, remedy="Look with ip link, outside of any container.")
    figures: Figures = {each.name: each.words().removeprefix(f"{each.name} ") for each in there}
    text = "; ".join(each.words() for each in sorted(there, key=lambda each: not each.carrier))
    if not any(each.carrier for each in there):
        return failing(NAME, "link_down", text, figures=figures)
    if any(each.half_duplex for each in there):
        remedy = "Set the port of the switch to negotiate by itself, and try another cable: half duplex loses packets."
        return Finding(name=NAME, state="warning", text=text, remedy=remedy, figures=figures)
    if any(each.signal_dbm is not None and each.signal_dbm < WEAK_DBM for each in there if each.carrier):
        remedy = f"Move the antenna or the access point: above {WEAK_DBM} dBm is right."
        return Finding(name=NAME, state="warning", text=text, remedy=remedy, figures=figures)
    return Finding(name=NAME, state="passed", text=text, figures=figures)


def interfaces(root: Path) -> Iterator[Interface]:
    """Those with hardware behind them; of others, tunnels and bridges, those that are connected."""
    signals = dict(_signals(root))
    folder = root / "sys/class/net"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _read(path / "type") in ("", LOOPBACK) or path.name.startswith(INSIDE):
            continue
        carrier = _read(path / "carrier") == "1"
        if carrier or (path / "device").exists():
            speed = _read(path / "speed")
            yield Interface(
                name=path.name,
                carrier=carrier,
                speed_mbit=int(speed) if speed.isdecimal() else None,  # -1: not known
                half_duplex=carrier and _read(path / "duplex") == "half",
                signal_dbm=signals.get(path.name),
            )


def _signals(root: Path) -> Iterator[tuple[str, int]]:
    """Wi-Fi: name and level (/proc/net/wireless)."""
    for line in _read(root / "proc/net/wireless").splitlines()[2:]:
        words = line.split()
        level = words[3].rstrip(".") if len(words) > 3 else ""
        if level.lstrip("-").isdecimal():
            yield words[0].rstrip(":"), int(level)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:  # not there, or an interface that is down
        return ""
