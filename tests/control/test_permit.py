"""Leases: for one plug-in, for a time, and what holds after that."""

import logging

import pytest

from chargepoint.control.permit import SOURCE, Lease, accept, end, limit, standing
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import Limit
from chargepoint.link.messages import Permit, Revoke

HERE, OTHER = PlugInId("boot", 7), PlugInId("earlier boot", 7)
PERMIT = Permit(1, HERE, 16_000, valid_for_s=60.0, then_ma=6_000, source="charging profile")


def test_a_permit_holds_until_it_runs_out_and_then_at_the_failsafe_current() -> None:
    lease = accept(None, HERE, PERMIT, now=100.0)
    assert lease == Lease(PERMIT, 160.0)
    assert (standing(lease, 159.9), limit(lease, 159.9)) == ("live", Limit("charging profile", 16_000))
    assert (standing(lease, 160.0), limit(lease, 160.0)) == ("expired", Limit("failsafe", 6_000))
    assert (standing(lease, 1e9), limit(lease, 1e9)) == ("expired", Limit("failsafe", 6_000))


def test_a_renewal_takes_the_place_of_the_lease() -> None:
    renewed = accept(Lease(PERMIT, 160.0), HERE, PERMIT, now=150.0)
    assert renewed == Lease(PERMIT, 210.0)


@pytest.mark.parametrize("plugged", [None, OTHER, PlugInId("boot", 8)])
def test_a_permit_for_another_plug_in_is_ignored_and_logged(plugged: PlugInId | None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert accept(None, plugged, PERMIT, now=0.0) is None
    assert "event=permit_ignored evse=1" in caplog.text


def test_a_revocation_ends_only_the_lease_it_names() -> None:
    lease = Lease(PERMIT, 160.0)
    assert end(lease, Revoke(1, HERE)) is None
    assert end(lease, Revoke(1, OTHER)) is lease
    assert end(None, Revoke(1, HERE)) is None
    assert standing(None, 0.0) == "none"


def test_a_lease_without_a_sensible_time_is_expired() -> None:
    permit = Permit(1, HERE, 16_000, valid_for_s=float("nan"), then_ma=0)
    lease = accept(None, HERE, permit, now=0.0)
    assert standing(lease, 0.0) == "expired"


def test_the_name_of_a_source_is_bounded() -> None:
    assert len(limit(Lease(Permit(1, HERE, 0, 1, 0, "x" * 9_999), 1.0), 0.0).source) == SOURCE
