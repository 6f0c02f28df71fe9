"""The distributions that are in the package, as their own metadata tells of them."""

import re
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

from msgspec import Struct
from packaging.requirements import Requirement

from deb.target import ARCHITECTURES, Target

CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
}
"""Classifier -> SPDX, for those that have no expression of their own."""
TEXTS = re.compile(r"(?i)^(licen[cs]e|copying|notice|authors)")


class Distribution(Struct, frozen=True):
    """One of them."""

    name: str
    version: str
    licence: str
    """SPDX expression, or in the author's words."""
    author: str
    summary: str
    page: str
    needs: tuple[str, ...]
    folder: Path
    """Its dist-info."""

    @property
    def key(self) -> str:
        """Its name as indexes compare it."""
        return re.sub(r"[-_.]+", "-", self.name).lower()

    def texts(self) -> list[Path]:
        """Files with its licence."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file() and TEXTS.match(path.name))


def distributions(packages: Path) -> list[Distribution]:
    """All of them, by name."""
    return sorted((_read(folder) for folder in packages.glob("*.dist-info")), key=lambda each: each.key)


def _read(folder: Path) -> Distribution:
    told = Parser().parsestr((folder / "METADATA").read_text(encoding="utf-8"), headersonly=True)
    pages = [value.partition(",")[2].strip() for value in told.get_all("Project-URL", [])]
    return Distribution(
        name=told["Name"],
        version=told["Version"],
        licence=_licence(told["License-Expression"], told["License"], told.get_all("Classifier", [])),
        author=told["Author"] or told["Author-email"] or told["Maintainer"] or told["Maintainer-email"] or "its authors",
        summary=told["Summary"] or "",
        page=next((page for page in (told["Home-page"], *pages) if page), ""),
        needs=tuple(told.get_all("Requires-Dist", [])),
        folder=folder,
    )


def _licence(expression: str | None, text: str | None, classifiers: list[str]) -> str:
    named = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: ")]
    known = [CLASSIFIED[each] for each in named if each in CLASSIFIED]
    short = text if text and "\n" not in text and len(text) < 60 else None
    return expression or " AND ".join(known) or short or "see its text"


def missing(found: list[Distribution], target: Target, extras: tuple[str, ...]) -> Iterator[str]:
    """Requirements that nothing fulfils on the target: pip judges markers by the machine that it runs on."""
    there = {each.key: each.version for each in found}
    machine = ARCHITECTURES[target.architecture]
    environment = {
        "python_version": target.python,
        "python_full_version": f"{target.python}.0",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for each in found:
        wanted = extras if each.key == "chargepoint" else ("",)
        for text in each.needs:
            need = Requirement(text)
            key = re.sub(r"[-_.]+", "-", need.name).lower()
            applies = need.marker is None or any(need.marker.evaluate({**environment, "extra": extra}) for extra in ("", *wanted))
            if applies and not (key in there and need.specifier.contains(there[key], prereleases=True)):
                yield f"{each.name} {each.version} needs {text}; there is {there.get(key, 'none')}"
