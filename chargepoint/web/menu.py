"""The menu: links to pages, some under a common word, so that it stays one row on a screen and a short list on a phone."""

from collections.abc import Iterable

from msgspec import Struct


class Link(Struct, frozen=True):
    """One page."""

    title: str
    path: str


class Group(Struct, frozen=True):
    """Links under one word; without a word it is one link that stands by itself."""

    title: str
    links: tuple[Link, ...]

    def holds(self, path: str) -> bool:
        """Is this one of its pages, or a page below one of them?"""
        return any(path == link.path or path.startswith(f"{link.path.rstrip('/')}/") for link in self.links if link.path != "/")


def grouped(links: Iterable[tuple[str, Link]]) -> tuple[Group, ...]:
    """(word, link) in the order of the pages; a group stands where its first page does."""
    found: dict[tuple[str, str], list[Link]] = {}
    for word, link in links:
        found.setdefault((word, "" if word else link.path), []).append(link)
    return tuple(Group(word, tuple(each)) for (word, _), each in found.items())
