"""Versions as Debian orders them (deb-version(7)): ``1.0~rc1`` < ``1.0`` < ``1.0+deb12`` < ``1.0.1`` < ``1:0.1``."""

import re

FORM = re.compile(r"[0-9][A-Za-z0-9.+~:-]{0,99}")
"""What a version looks like, here."""


def compare(one: str, other: str) -> int:
    """Below 0: ``one`` is older; 0: the same; above 0: newer."""
    first, second = _split(one), _split(other)
    if first[0] != second[0]:
        return first[0] - second[0]
    return _compare(first[1], second[1]) or _compare(first[2], second[2])


def _split(version: str) -> tuple[int, str, str]:
    """Epoch, upstream version, revision."""
    epoch, colon, rest = version.partition(":")
    if not (colon and epoch.isdecimal()):
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    return (int(epoch), upstream, revision) if dash else (int(epoch), rest, "")


def _compare(one: str, other: str) -> int:
    """By turns what is no number, then numbers."""
    while one or other:
        (words, one), (others, other) = _words(one), _words(other)
        for at in range(max(len(words), len(others))):
            difference = _weight(words, at) - _weight(others, at)
            if difference:
                return difference
        (number, one), (another, other) = _number(one), _number(other)
        if number != another:
            return number - another
    return 0


def _words(text: str) -> tuple[str, str]:
    length = next((at for at, letter in enumerate(text) if letter in "0123456789"), len(text))
    return text[:length], text[length:]


def _number(text: str) -> tuple[int, str]:
    length = next((at for at, letter in enumerate(text) if letter not in "0123456789"), len(text))
    return int(text[:length] or 0), text[length:]


def _weight(text: str, at: int) -> int:
    """A tilde sorts before the end, letters before everything else."""
    if at >= len(text):
        return 0
    letter = text[at]
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() else ord(letter) + 256


def is_same_release(release: str, version: str) -> bool:
    """Is what a process says of itself this version of the package? It may say it as Python writes it, without ``+deb12``."""
    return _plain(release) == _plain(version)


def _plain(version: str) -> str:
    without = re.sub(r"\+deb\d+$", "", version.partition(":")[2] or version)
    return re.sub(r"\.?~?(a|b|rc|dev)(\d+)", r"~\1\2", without)
