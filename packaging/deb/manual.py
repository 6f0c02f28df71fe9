"""Man pages: one of the program, one of each verb."""

from collections.abc import Iterator
from datetime import UTC, datetime

from deb.project import Project
from deb.verbs import Option, Verb, verbs

FILES = (
    ("/etc/chargepoint/station.toml", "The configuration; as the package makes it, a link into /var/lib/chargepoint/configuration."),
    ("/var/lib/chargepoint", "What must survive a power cut: a directory for each process."),
    ("/usr/share/chargepoint/station.toml", "A configuration with comments, to begin with."),
    ("/usr/share/doc/chargepoint/installation.md", "How to install, on a Raspberry Pi too."),
)
STATUS = (("0", "Done."), ("1", "Failed at work."), ("2", "Wrong usage or configuration."))


def pages(project: Project) -> dict[str, str]:
    """File name -> text."""
    found = verbs()
    return {"chargepoint.1": _program(project, found), **{f"chargepoint-{verb.name}.1": _page(project, verb) for verb in found}}


def _program(project: Project, found: list[Verb]) -> str:
    lines = [
        *_head(project, "chargepoint", project.summary),
        *_section("SYNOPSIS"),
        "\\fBchargepoint\\fR \\fIVERB\\fR [\\fIOPTION\\fR ...]",
    ]
    lines += [*_section("DESCRIPTION"), "Each verb has a page of its own, chargepoint\\-VERB(1).", *_section("VERBS")]
    lines += [line for verb in found for line in _item(f"\\fB{_text(verb.name)}\\fR", verb.line)]
    lines += [*_section("FILES"), *(line for name, text in FILES for line in _item(f"\\fI{_text(name)}\\fR", text))]
    lines += [*_section("EXIT STATUS"), *(line for name, text in STATUS for line in _item(name, text))]
    return "\n".join(lines) + "\n"


def _page(project: Project, verb: Verb) -> str:
    name = f"chargepoint-{verb.name}"
    lines = [*_head(project, name, verb.line), *_section("SYNOPSIS"), _text(verb.usage), *_section("DESCRIPTION"), _text(verb.text)]
    lines += [*_section("OPTIONS"), *(line for option in verb.options for line in _option(option))]
    for deed in verb.deeds:
        lines += [*_section(deed.name.upper()), _text(deed.usage), ".PP", _text(deed.text)]
        lines += [line for option in deed.options for line in _option(option)]
    return "\n".join([*lines, *_section("SEE ALSO"), "\\fBchargepoint\\fR(1)"]) + "\n"


def _head(project: Project, name: str, line: str) -> Iterator[str]:
    date = datetime.fromtimestamp(project.epoch_s, UTC).date().isoformat()
    yield f'.TH "{name.upper()}" 1 "{date}" "{project.name} {project.version}" "Charging station"'
    yield ".nh"
    yield from _section("NAME")
    yield f"{_text(name)} \\- {_text(line)}"


def _section(title: str) -> Iterator[str]:
    yield f'.SH "{_text(title)}"'


def _item(name: str, text: str) -> Iterator[str]:
    yield from (".TP", name, _text(text))


def _option(option: Option) -> Iterator[str]:
    names = ", ".join(f"\\fB{_text(name)}\\fR" for name in option.names)
    value = f"\\fI{_text(option.value)}\\fR" if option.value else ""
    yield from _item(" ".join(part for part in (names, value) if part), option.text)


def _text(text: str) -> str:
    """As troff wants it: no line of ours is a request, a hyphen is one, and what is indented stays a line of its own."""
    return "\n".join(part for line in text.replace("\\", "\\e").replace("-", "\\-").splitlines() for part in _line(line))


def _line(line: str) -> Iterator[str]:
    if not line.strip():
        yield ".PP"
    elif line.startswith(" "):
        yield from (line.rstrip(), ".br")
    else:
        yield f"\\&{line}" if line.startswith((".", "'")) else line
