"""What a package is for: a release of Debian on an architecture, and what follows from these for Python."""

from collections.abc import Iterator

from msgspec import Struct

ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""Debian's name -> that of wheels."""
PYTHONS = {12: "3.11", 13: "3.13"}
"""Debian's release -> its Python."""
GLIBC = (17, 28, 34)
"""Levels of manylinux that both releases have (glibc 2.36, 2.41)."""


class Target(Struct, frozen=True):
    """One package."""

    debian: int
    architecture: str

    @property
    def python(self) -> str:
        """Version of its interpreter."""
        return PYTHONS[self.debian]

    @property
    def suffix(self) -> str:
        """What its version ends with, so that a later release of Debian has the later package."""
        return f"+deb{self.debian}"

    def pip_options(self) -> Iterator[str]:
        """Which wheels fit."""
        machine = ARCHITECTURES[self.architecture]
        yield from ("--python-version", self.python, "--implementation", "cp", "--only-binary", ":all:")
        for abi in (f"cp{self.python.replace('.', '')}", "abi3", "none"):
            yield from ("--abi", abi)
        for level in reversed(GLIBC):
            yield from ("--platform", f"manylinux_2_{level}_{machine}")
        yield from ("--platform", f"manylinux2014_{machine}")
