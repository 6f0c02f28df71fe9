"""Pages for drivers as axe-core judges them (WCAG 2.2 AA): every state, by day in two languages and by night."""

from pathlib import Path
from typing import Any

from chargepoint.inquiry.driver import ReceiptSeen, SeeReceipt
from tests.virtual_time import run
from tests.web.chromium import alone, judged
from tests.web.driver_pages import SIGHTS, Pages
from tests.web.test_drivers import RECEIPT

OTHERS = {"every": "/", "problem": "/e/1/problem", "receipt": f"/r/{RECEIPT.key}", "error": "/e/9"}


def pages(folder: Path) -> dict[str, str]:
    """By a name for each."""
    made: dict[str, str] = {}

    async def main() -> None:
        rig = Pages(folder)
        rig.answers = {SeeReceipt: ReceiptSeen(RECEIPT)}
        for tongue in ("de", "pl"):
            for name in SIGHTS:
                made[f"{name} {tongue}"] = alone(await rig.see(name, tongue))
            for name, path in OTHERS.items():
                made[f"{name} {tongue}"] = alone(await rig.see("available", tongue, path))
        for name in SIGHTS:
            made[f"{name} en dark"] = alone(await rig.see(name, "en"), dark=True)

    run(main())
    return made


def test_everybody_can_read_and_use_every_state(tmp_path: Path) -> None:
    made = pages(tmp_path)
    told: dict[str, Any] = judged(made, tmp_path)
    assert told["found"] == []
    assert told["judged"] == len(made) > 60


def test_what_nobody_can_read_is_found(tmp_path: Path) -> None:
    bad = '<!doctype html><html><title>x</title><main><h1 style="color:#bbb;background:#fff">pale</h1><img src="x"></main>'
    found = " ".join(judged({"bad": bad}, tmp_path)["found"])
    assert all(rule in found for rule in ("color-contrast", "html-has-lang", "image-alt"))
