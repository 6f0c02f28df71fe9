"""``copyright``: ours, and that of everything bundled, each with its text (Debian's machine-readable format 1.0)."""

from deb import vendored
from deb.metadata import Distribution
from deb.project import ROOT, Project

HEAD = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {name}
Comment:
 Bundled beside the program are the distributions below, unchanged, each in
 the directory of packages of its virtual environment; behind them stand
 single files of others within the program. Which versions:
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
    others = (_bundled(each) for each in found if each.key != project.name)
    return "\n".join([ours, *(_paragraphs(*told) for told in (*others, *vendored.licences()))])


def _bundled(each: Distribution) -> tuple[str, str, str, str]:
    texts = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in each.texts())
    files = f"opt/chargepoint/*/{each.folder.name.partition('-')[0]}*"
    return files, " ".join(each.author.split()), f"{each.name} {each.version}: {each.licence}", texts


def _paragraphs(files: str, author: str, what: str, text: str) -> str:
    name = f"{what.partition(':')[0].rpartition(' ')[0].replace(' ', '-')}-licence"
    return f"Files: {files}\nCopyright: {author}\nLicense: {name}\n\nLicense: {name}\n{_indented(what)}\n{_indented(text)}\n"


def _indented(text: str) -> str:
    """As a continuation: a blank line is a dot."""
    return "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in text.strip().expandtabs().splitlines())
