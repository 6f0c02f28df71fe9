"""Who has the last word on password and profile, and where certificates are."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.cli.securing import free, security_settings, settle
from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.configuration import Configuration, IdentityPart, SecurityPart, TrustPart
from chargepoint.domain.variables.security import BASIC_AUTH_PASSWORD, SECURITY_PROFILE
from chargepoint.store.store import Store
from tests.station.rig import configuration


def said(**ocpp: Any) -> Configuration:
    plain = configuration()
    return replace(plain, ocpp=replace(plain.ocpp, **ocpp))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def changed(store: Store, *, password: str = "new", profile: str = "2") -> None:
    with store.commit():
        store.facts.change_variable(BASIC_AUTH_PASSWORD.name, password)
        store.facts.change_variable(SECURITY_PROFILE.name, profile)
        store.credentials.try_out("password", "newer")
        store.credentials.keep_spare("older")


def test_what_the_csms_has_changed_wins_on_every_start(store: Store) -> None:
    file = said(basic_auth_password="old", security_profile=1)
    settle(file, store)
    changed(store)
    for _ in range(2):
        settle(file, store)
        assert store.facts.changed_variables() == {BASIC_AUTH_PASSWORD.name: "new", SECURITY_PROFILE.name: "2"}
        assert store.credentials.tried() == {"password": "newer"}
        assert store.credentials.spare() == "older"


def test_an_entry_of_the_file_that_somebody_changes_has_the_last_word(store: Store) -> None:
    settle(said(basic_auth_password="old", security_profile=2), store)
    changed(store, profile="3")
    settle(said(basic_auth_password="old", security_profile=1), store)
    assert store.facts.changed_variables() == {BASIC_AUTH_PASSWORD.name: "new"}
    assert store.credentials.tried() == {}
    assert store.credentials.spare() == ""
    settle(said(basic_auth_password="newest", security_profile=1), store)
    assert store.facts.changed_variables() == {}


def test_a_store_from_before_is_not_touched(store: Store) -> None:
    changed(store)
    settle(said(basic_auth_password="old"), store)
    assert len(store.facts.changed_variables()) == 2


def test_certificates_are_where_the_file_says_else_in_the_state_directory(tmp_path: Path) -> None:
    here = tmp_path / "certificates"
    plain = security_settings(configuration(), tmp_path)
    assert plain.trust[CertificateUse.MANUFACTURER_ROOT] == str(here / "manufacturer.pem")
    assert plain.identity == str(here / "identity")
    part = SecurityPart(trust=TrustPart(csms="/etc/roots.pem"), identity=IdentityPart(csms="/etc/own"), key_password="geheim")
    named = security_settings(replace(configuration(), security=part), tmp_path)
    assert (named.trust[CertificateUse.CSMS_ROOT], named.identity, named.key_password()) == ("/etc/roots.pem", "/etc/own", "geheim")
    assert "geheim" not in repr(named)


def test_what_is_free_is_a_fraction(tmp_path: Path) -> None:
    found = free(tmp_path)
    assert set(found) == {"storage", "memory"}
    assert all(0 <= each <= 1 for each in found.values())
