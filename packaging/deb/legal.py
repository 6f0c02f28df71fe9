"""``copyright``: ours, and that of everything bundled, each with its text (Debian's machine-readable format 1.0)."""

from collections.abc import Iterator

from deb.metadata import Distribution
from deb.project import ROOT, Project

HEAD = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {name}
Comment:
 Bundled beside the program are the distributions below, unchanged, each in
 the directory of packages of its virtual environment. Which versions:
 /usr/share/doc/{name}/sbom.cdx.json

Files: *
Copyright: the authors of {name}
License: Apache-2.0

License: Apache-2.0
{text}
"""


def copyright_of(project: Project, found: list[Distribution]) -> str:
    """The whole file."""
    ours = HEAD.format(name=project.name, text=_indented((ROOT / "LICENSE").read_text(encoding="utf-8")))
    return "\n".join([ours, *(part for each in found if each.key != project.name for part in _bundled(each))])


def _bundled(each: Distribution) -> Iterator[str]:
    name = f"{each.key}-licence"
    texts = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in each.texts())
    yield f"Files: opt/chargepoint/*/{each.folder.name.partition('-')[0]}*\nCopyright: {' '.join(each.author.split())}\nLicense: {name}\n"
    yield f"License: {name}\n{_indented(f'{each.name} {each.version}: {each.licence}')}\n{_indented(texts)}\n"


def _indented(text: str) -> str:
    """As a continuation: a blank line is a dot."""
    return "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in text.strip().expandtabs().splitlines())
