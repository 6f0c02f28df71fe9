"""A boot loader with two slots: small files, and a script by which the real RAUC changes them (its custom backend)."""

from pathlib import Path

SCRIPT = """#!/bin/sh
set -e
cd {folder}
case $1 in
    get-primary) cat primary ;;
    set-primary) echo "$2" >primary; echo good >"state.$2" ;;
    get-state) cat "state.$2" ;;
    set-state) echo "$3" >"state.$2" ;;
    get-current) cat current ;;
    *) exit 1 ;;
esac
"""


class BootLoader:
    """Boots the slot that is primary, as long as it is good; one that does not come up is bad from then on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.script = folder / "backend"
        self.script.write_text(SCRIPT.format(folder=folder))
        self.script.chmod(0o755)
        self._write("primary", "A")
        self._write("current", "A")
        self._write("state.A", "good")
        self._write("state.B", "bad")

    def _write(self, name: str, value: str) -> None:
        (self._folder / name).write_text(f"{value}\n")

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text().strip()

    @property
    def current(self) -> str:
        return self._read("current")

    @property
    def primary(self) -> str:
        return self._read("primary")

    def state(self, name: str) -> str:
        return self._read(f"state.{name}")

    def mark(self, name: str, state: str) -> None:
        self._write(f"state.{name}", state)

    def activate(self, name: str) -> None:
        self._write("primary", name)
        self.mark(name, "good")

    def boot(self, broken: str = "") -> str:
        """Start the machine; ``broken``: this slot does not come up."""
        first = self.primary
        if first == broken:
            self.mark(first, "bad")
        chosen = first if self.state(first) == "good" else {"A": "B", "B": "A"}[first]
        assert self.state(chosen) == "good", "no slot is good: the machine does not start"
        self._write("current", chosen)
        return chosen
