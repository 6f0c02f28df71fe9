"""Leases: for one plug-in, for a time, and what holds after that."""

import logging

import pytest

from chargepoint.control.permit import SOURCE, Lease, accept, end, standing
from chargepoint.control.scan import states
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import Permit, Revoke
from tests.control.rig import Rig

HERE, OTHER = PlugInId("boot", 7), PlugInId("earlier boot", 7)
PERMIT = Permit(1, HERE, 16_000, valid_for_s=60.0, then_ma=6_000, source="charging profile")


def test_a_permit_holds_until_it_runs_out_and_then_at_the_failsafe_current() -> None:
    lease = accept(None, HERE, PERMIT, now=100.0)
    assert lease == Lease(PERMIT, 160.0)
    assert [standing(lease, now) for now in (100.0, 159.9, 160.0, 1e9)] == ["live", "live", "expired", "expired"]


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
    rig = Rig()
    rig.arrive()
    rig.scan(Permit(1, rig.plug_in(), 8_000, 60.0, 0, "x" * 9_999))
    rig.run(1)
    assert (rig.lowest().source, rig.lowest().limit_ma) == ("x" * SOURCE, 8_000)


def test_the_list_of_limits_tells_the_permit_and_after_it_the_failsafe_with_owner_and_expiry() -> None:
    rig = Rig()
    rig.arrive()
    rig.scan(Permit(1, rig.plug_in(), 10_000, 60.0, 8_000, "charging profile"))
    (live,) = (limit for limit in states(rig.state)[0].limits if limit.source == "charging profile")
    assert (live.owner, live.limit_ma, live.since_s, live.expires_s) == ("station", 10_000, rig.now, rig.now + 60.0)
    rig.run(61)
    assert (rig.lowest().source, rig.lowest().limit_ma, rig.lowest().owner) == ("failsafe", 8_000, "installer")
    assert {limit.expires_s for limit in states(rig.state)[0].limits} == {None}
    assert "charging profile" not in rig.limits()


def test_a_renewal_of_the_same_permit_is_no_news() -> None:
    rig = Rig()
    rig.charge()
    rig.run(6)
    before = len(rig.events)
    for _ in range(5):
        rig.permit()
        rig.run(3)
    assert len(rig.events) == before
