"""[station] id: what OCPP, or a user name, has no room for."""

from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.cli import identity
from tests.domain.examples import configuration


def said(name: str, **ocpp: Any) -> tuple[list[str], list[str]]:
    """Objections and warnings."""
    known = configuration()
    known = replace(known, station=replace(known.station, id=name), ocpp=replace(known.ocpp, **ocpp))
    return [str(each) for each in identity.objections(known)], [str(each) for each in identity.warnings(known)]


@pytest.mark.parametrize("name", ["cp042", "DE*ABC*E1", "a|b", "x" * 48])
def test_what_every_ocpp_allows_is_taken(name: str) -> None:
    assert said(name, version=("2.0.1", "1.6")) == ([], [])


@pytest.mark.parametrize(("name", "what"), [("cp 042/x", 'a space and "/"'), ("säule", '"ä"'), ("a%20b", '"%"'), ("a\nb", '"\\n"')])
def test_what_ocpp_2_does_not_know_is_refused_with_the_sign_that_is_meant(name: str, what: str) -> None:
    ([problem], _) = said(name, version=("2.0.1", "1.6"))
    assert problem.startswith("station.id: ")
    assert f"{what} cannot be in an identity; OCPP 2.0.1 allows letters" in problem


def test_what_1_6_sends_in_percent_is_only_warned_of_and_blanks_at_the_ends_are_not_meant() -> None:
    objections, [warning] = said("cp 042/x", version="1.6")
    assert objections == []
    assert "cp%20042%2Fx" in warning
    assert "expected no spaces at its ends" in said("cp042 ", version="1.6")[0][0]
    assert "a colon cannot be part of a user name" in said("a:b", version="1.6", security_profile=2)[0][0]
