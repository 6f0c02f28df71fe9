"""Other people's files in our own tree: no index knows of them, so this table does. Bill of materials and copyright are made from it."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from deb.project import ROOT


class Vendored(Struct, frozen=True, kw_only=True):
    """One work, and what is there of it."""

    name: str
    version: str
    url: str
    """Its package URL, with the version."""
    page: str
    licence: str
    """SPDX expression."""
    author: str
    text: str
    """The file with its licence."""
    files: Mapping[str, str]
    """Path in the tree -> SHA-256."""


STATIC, FONTS = "chargepoint/web/static", "chargepoint/web/signs/fonts"
TABLE = (
    Vendored(
        name="htmx",
        version="2.0.11",
        url="pkg:npm/htmx.org@2.0.11",
        page="https://htmx.org",
        licence="0BSD",
        author="the authors of htmx",
        text=f"{STATIC}/htmx.LICENSE.txt",
        files={f"{STATIC}/htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"},
    ),
    Vendored(
        name="htmx-ext-sse",
        version="2.2.4",
        url="pkg:npm/htmx-ext-sse@2.2.4",
        page="https://htmx.org/extensions/sse",
        licence="0BSD",
        author="2023, Alexander Petros",
        text=f"{STATIC}/htmx-ext-sse.LICENSE.txt",
        files={f"{STATIC}/htmx-ext-sse.min.js": "98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136"},
    ),
    Vendored(
        name="DejaVu Sans Condensed",
        version="2.37",
        url="pkg:generic/dejavu-fonts@2.37",
        page="https://dejavu-fonts.github.io",
        licence="Bitstream-Vera",
        author="2003, Bitstream, Inc.; 2006, Tavmjong Bah",
        text=f"{FONTS}/LICENSE",
        files={
            f"{FONTS}/DejaVuSansCondensed-Latin.ttf": "74c740b870465a58970d70458b5e978d84919ad46225a059ec368549c2f5e0d8",
            f"{FONTS}/DejaVuSansCondensed-Bold-Latin.ttf": "c916e38b9135613cb5e0752a499835bca4dc8b53efcc6ce24563de44699d8588",
        },
    ),
)


def components() -> list[Mapping[str, Any]]:
    """For the bill of materials (CycloneDX)."""
    return [
        {
            "type": "library",
            "bom-ref": each.url,
            "purl": each.url,
            "name": each.name,
            "version": each.version,
            "author": each.author,
            "licenses": [{"license": {"id": each.licence}}],
            "externalReferences": [{"type": "website", "url": each.page}],
            "components": [
                {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": digest}]} for name, digest in each.files.items()
            ],
        }
        for each in TABLE
    ]


def licences() -> Iterator[tuple[str, str, str, str]]:
    """For the copyright: files as they are installed, by whom, what it is under which licence, and its text."""
    for each in TABLE:
        files = "\n ".join(f"opt/chargepoint/*/{name}" for name in each.files)
        yield files, each.author, f"{each.name} {each.version}: {each.licence}", (ROOT / each.text).read_text(encoding="utf-8")
