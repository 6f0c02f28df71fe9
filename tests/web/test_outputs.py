"""The outputs that the page offers are those that control moves: the pages may not import control, so they are held together here."""

from chargepoint.control import exercising
from chargepoint.web.outputs import ALWAYS, LOCK


def test_the_page_offers_what_control_moves_and_says_for_how_long_it_does() -> None:
    offered = {output.what: output for output in (*LOCK, *ALWAYS)}
    assert set(offered) == set(exercising.TABLE)
    for what in ("lock_close", "pilot_x1", "pilot_6a", "pilot_16a", "pilot_f"):
        assert f"for {exercising.TABLE[what].seconds:g} s" in offered[what].meaning
