"""The text of a PDF with embedded letters, as a reader would copy it: by the table that each font brings along (ToUnicode)."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\((.*?)(?<!\\)\) Tj", re.DOTALL)
PAIR = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")


def text(pdf: bytes) -> str:
    """Line by line, in the order in which it is drawn."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    tables = _tables(objects)
    said = []
    for body in objects.values():
        content = _stream(body)
        if b" Tj" in content:
            said += _lines(content, tables)
    return "\n".join(said)


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    if found is None:
        return b""
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]


def _tables(objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    """By the name of a font: what its codes stand for."""
    names: dict[bytes, int] = {}
    for body in objects.values():
        names |= {name: int(number) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)}
    made = {}
    for name, number in names.items():
        link = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
        pairs = PAIR.findall(_stream(objects[int(link[1])])) if link else []
        made[name] = {int(code, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for code, sign in pairs}
    return made


def _lines(content: bytes, tables: dict[bytes, dict[int, str]]) -> list[str]:
    font, lines = b"", []
    for name, shown in SHOWN.findall(content):
        if name:
            font = name
            continue
        codes = re.sub(rb"\\(.)", lambda found: {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(found[1], found[1]), shown, flags=re.DOTALL)
        lines.append("".join(tables[font][int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2)))
    return lines
