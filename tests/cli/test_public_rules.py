"""[public]: what is refused, and what is only warned of."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import public_rules
from chargepoint.cli.check_config import summary
from chargepoint.cli.configuration import build
from chargepoint.domain.configuration import ReaderPart
from tests.web.driver_pages import public


def said(**changes: Any) -> list[str]:
    return [str(each) for each in public_rules.objections(public(**changes))]


def warned(**changes: Any) -> list[str]:
    quiet = {"start": False, "stop": False} | changes
    return [str(each).partition(":")[0] for each in public_rules.warnings(public(**quiet))]


@pytest.mark.parametrize(
    ("changes", "entry", "expected"),
    [
        ({"url": "charge.example/e/"}, "public.url", 'expected "https://host/path"'),
        ({"url": "ftp://charge.example/"}, "public.url", 'expected "https://host/path"'),
        ({"url": "https://charge.example/e"}, "public.url", "expected a slash or an equals sign at its end"),
        ({"url": "https://charge.example:x/"}, "public.url", 'expected "https://host/path"'),
        ({"privacy_url": "javascript:alert(1)"}, "public.privacy_url", 'expected "https://host/path"'),
        ({"help_line": "ask Bob"}, "public.help_line", "expected a telephone number"),
    ],
)
def test_what_a_phone_cannot_open_or_dial_is_refused(changes: dict[str, str], entry: str, expected: str) -> None:
    [problem] = said(**changes)
    assert problem.startswith(f"{entry}: ")
    assert expected in problem


def test_what_is_right_is_not_objected_to() -> None:
    assert said() == said(url="https://charge.example/?evse=", help_line="112") == []
    assert warned() == []


def test_a_public_station_without_a_help_line_is_warned_of_with_its_number() -> None:
    assert warned(help_line="") == ["public.help_line"]
    assert "CP-813" in str(next(iter(public_rules.warnings(public(help_line="")))))
    assert warned(help_line="", operator="") == ["public.help_line", "public.operator"]
    assert warned(help_line="", operator="", open_to_public=False) == []


def test_a_start_on_the_page_that_does_nothing_or_not_what_is_meant_is_warned_of() -> None:
    web = {"web": public().web}
    assert warned(stop=True) == ["public.stop"]
    assert warned(start=True, authorization={"free": True}) == ["public.start", "public.start"]
    assert warned(start=True, authorization={"free_id_tag": "PAGE"}) == ["public.start"]  # there are no pages
    assert web["web"] is None


def test_a_start_on_the_page_without_a_price_is_warned_of_once_with_lines_that_are_taken() -> None:
    alone: dict[str, Any] = {"start": True, "languages": ("de", "en", "fr"), "ocpp": {"csms_url": None}}
    [told] = [each for each in public_rules.warnings(public(**alone)) if "price" in each.text]
    assert told.path == "public.start"
    lines = tomllib.loads(told.text[told.text.index("[ocpp.keys]") :])
    keys = lines["ocpp"]["keys"]
    assert set(keys) == {"SupportedLanguages", "DefaultPrice", "DefaultPriceText,en", "DefaultPriceText,fr"}
    tree = tomllib.loads((Path(__file__).parent / "example.toml").read_text())
    priced = build(tree | {"ocpp": {"keys": keys}, "public": {"start": True}})
    assert not any("price" in each.text for each in public_rules.warnings(priced))
    assert "may charge: whoever starts on the driver's page" in summary(build(tree | {"ocpp": {}, "public": {"start": True}, "web": {}}))
    assert not any("price" in each.text for each in public_rules.warnings(public(start=True))), "the CSMS may tell it"


def test_where_nobody_can_begin_a_session_that_is_said() -> None:
    alone: dict[str, Any] = {"ocpp": {"csms_url": None}}
    cards = {"authorization": {"cards": ("04A1",)}}
    readers = (ReaderPart(driver="pn532-uart", evses=(1,)),)
    assert warned(**alone) == ["authorization"]
    assert warned(**alone, **cards) == []  # the simulation has a reader
    assert warned(**alone, **cards, readers=readers) == ["readers"]
    assert "at EVSE 2: no card reader" in str(
        next(public_rules.warnings(public(start=False, stop=False, readers=readers, **alone, **cards)))
    )
    assert warned(**alone, authorization={"free": True}, readers=()) == []
