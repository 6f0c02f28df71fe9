"""The page of an EVSE in every state and language on the smallest phone: nothing is cut off, nothing makes anybody scroll sideways."""

from pathlib import Path

from chargepoint.inquiry.driver import ReceiptSeen, SeeReceipt
from tests.browser.tab import WIDER, Tab
from tests.virtual_time import run
from tests.web.chromium import alone
from tests.web.driver_pages import PUBLIC, SIGHTS, Pages
from tests.web.test_accessible import OTHERS
from tests.web.test_drivers import RECEIPT

CUT = """[...document.querySelectorAll("body *")].filter((each) => {
  const style = getComputedStyle(each);
  return each.innerText?.trim() && style.overflow !== "visible" && !style.clipPath.startsWith("inset")
    && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1);
}).map((each) => each.outerHTML.slice(0, 120))"""
TORN = """[...document.querySelectorAll("h1, h2, h3, dt, dd, .button, button, a, th, tr:not(:last-child) td")].flatMap((each) => {
  const range = document.createRange(), found = [];
  for (const node of each.childNodes) {
    if (node.nodeType !== 3) continue;
    for (const word of node.data.matchAll(/[^ \\n-]+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) found.push(word[0]);
    }
  }
  return found;
})"""
"""Words of which a part stands in the next line."""


def every(folder: Path) -> dict[str, str]:
    """Pages by state and language."""
    made: dict[str, str] = {}

    async def main() -> None:
        rig = Pages(folder)
        rig.answers = {SeeReceipt: ReceiptSeen(RECEIPT)}
        for tongue in PUBLIC.languages:
            for name in SIGHTS:
                made[f"{name} {tongue}"] = alone(await rig.see(name, tongue))
            for name, path in OTHERS.items():
                made[f"{name} {tongue}"] = alone(await rig.see("available", tongue, path))

    run(main())
    return made


def test_everything_fits_in_every_language(driver: Tab, tmp_path: Path) -> None:
    driver.size(320)
    frame = driver.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
    found = []
    for name, page in every(tmp_path).items():
        driver.call("Page.setDocumentContent", frameId=frame, html=page)
        assert driver.js("document.documentElement.lang") == name.split()[1]
        found += [f"{name}: {each}" for each in (*driver.js(CUT), *driver.js(TORN))]
        found += [f"{name}: {driver.js(WIDER)} px too wide"] if driver.js(WIDER) > 0 else []
    assert found == []
