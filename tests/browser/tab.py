"""A page in Chromium as somebody has it before him, by the DevTools protocol: open, read, type, click, measure, photograph."""

import base64
import io
import json
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests import waiting
from tests.web.chromium import SILENT, axe, chromium

PATIENCE_S = 40.0
LOOK_S = 0.05
COLOURS = 48
"""Of a picture: plain pages have hardly more, and it weighs a quarter then."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""More than 0: somebody has to scroll sideways."""


class Line:
    """The protocol, with one target of it. What it tells unasked goes to ``hear``."""

    def __init__(self, url: str) -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(url, max_size=None, proxy=None, ping_interval=None))
        self._numbers = count(1)

    def hang_up(self) -> None:
        """No more questions."""
        self._open.close()

    def asked(self, method: str, **entries: Any) -> dict[str, Any]:
        """The whole answer."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": entries}))
        while True:
            told: dict[str, Any] = json.loads(self._socket.recv(PATIENCE_S))
            if told.get("id") == number:
                return told
            self.hear(told.get("method", ""), told.get("params", {}))

    def call(self, method: str, **entries: Any) -> Any:
        """What a method gives, which has to work."""
        told = self.asked(method, **entries)
        assert "error" not in told, f"{method}: {told}"
        return told["result"]

    def hear(self, method: str, told: dict[str, Any]) -> None:
        """News."""


class Chrome:
    """The program. Certificates of devices are not looked at: that is done elsewhere."""

    def __init__(self, folder: Path) -> None:
        more = ("--ignore-certificate-errors", "--remote-debugging-port=0", f"--user-data-dir={folder}")
        with (folder.parent / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen([chromium(), *SILENT, *more, "about:blank"], stderr=log)
        port = folder / "DevToolsActivePort"
        until(lambda: port.exists() and port.read_text().count("\n"), "Chromium is there")
        number, path = port.read_text().splitlines()
        self._url = f"ws://127.0.0.1:{number}"
        self._line = Line(f"{self._url}{path}")

    def tab(self) -> "Tab":
        """Of somebody else: it has cookies and files of its own."""
        whose = self._line.call("Target.createBrowserContext")["browserContextId"]
        made = self._line.call("Target.createTarget", url="about:blank", browserContextId=whose)
        return Tab(f"{self._url}/devtools/page/{made['targetId']}")

    def close(self) -> None:
        """All of it."""
        self._line.hang_up()
        self._process.terminate()
        self._process.wait()


class Tab(Line):
    """``said``: what the page told its console, and what was refused to it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.said: list[str] = []
        self._heavy: dict[str, float] = {}
        self._axe = ""
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        """For good."""
        self.call("Page.close")
        self.hang_up()

    def hear(self, method: str, told: dict[str, Any]) -> None:
        match method:
            case "Log.entryAdded" if told["entry"]["level"] != "verbose":
                self.said.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
            case "Runtime.exceptionThrown":
                self.said.append(str(told["exceptionDetails"].get("exception", told["exceptionDetails"])))
            case "Network.dataReceived":
                self._heavy[told["requestId"]] = self._heavy.get(told["requestId"], 0) + told["encodedDataLength"]
            case "Network.loadingFinished":
                self._heavy[told["requestId"]] = told["encodedDataLength"]

    def js(self, expression: str) -> Any:
        """What it is worth on the page now; ``None`` as well while the page is on its way out."""
        told = self.asked("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return told.get("result", {}).get("result", {}).get("value")

    # As somebody sits before it

    def size(self, width: int, height: int = 844, *, dark: bool = False) -> None:
        """A phone, a screen; by day, by night."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Until all of it is there."""
        self._heavy.clear()
        self.js("window.left = true")
        self.call("Page.navigate", url=url)
        self.loaded()

    def loaded(self) -> None:
        """Another page than before, and all of it."""
        self.until("window.left === undefined && document.readyState === 'complete'")

    def until(self, expression: str) -> Any:
        """Wait for the page to say so."""
        return until(lambda: self.js(expression), f"{expression} on: ", lambda: str(self.text)[:1500])

    def reads(self, text: str, where: str = "main") -> None:
        """Wait until somebody can read it there."""
        self.until(f"(document.querySelector({json.dumps(where)})?.innerText ?? '').includes({json.dumps(text)})")

    @property
    def text(self) -> str:
        """All that can be read."""
        return str(self.js("document.body.innerText"))

    @property
    def path(self) -> str:
        """Of the address."""
        return str(self.js("location.pathname"))

    def fill(self, answers: dict[str, str]) -> None:
        """Fields by their names."""
        for name, value in answers.items():
            done = self.js(f"({FILL})({json.dumps(name)}, {json.dumps(value)})")
            assert done, f"{self.path} has no field {name} for {value!r}: {self.text}"

    def press(self, button: str) -> None:
        """The button that says so; it leads to another page."""
        self.js("window.left = true")
        assert self.js(f"({PRESS})({json.dumps(button)})"), f"{self.path} has no button {button!r}: {self.text}"
        self.loaded()

    def key(self, name: str) -> None:
        """Of the keyboard: Tab, Enter, Escape."""
        code, text = KEYS[name]
        about = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    # What is found out

    @property
    def weight(self) -> int:
        """Bytes over the wire since ``open``, headers too; of a stream what has come so far."""
        return int(sum(self._heavy.values()))

    @property
    def first_paint_ms(self) -> float:
        """From the click to the first thing to read."""
        return float(self.until("performance.getEntriesByName('first-contentful-paint')[0]?.startTime"))

    def violations(self) -> list[str]:
        """What axe finds wrong on the page as it stands."""
        self._axe = self._axe or axe()
        if not self.js("Boolean(window.axe)"):
            self.call("Runtime.evaluate", expression=self._axe)
        found = self.js(f"({JUDGE})({json.dumps(RULES)})")
        return ["axe has not judged"] if found is None else list(found)

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """A small PNG of what is to be seen."""
        from PIL import Image

        told = self.call("Page.captureScreenshot", captureBeyondViewport=whole, format="png")
        with Image.open(io.BytesIO(base64.b64decode(told["data"]))) as image:
            image.convert("RGB").quantize(COLOURS).save(file, optimize=True)


KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, "")}
FILL = """(name, value) => {
  const fields = [...document.querySelectorAll(`main [name="${name}"]`)].filter((each) => each.type !== "hidden");
  const box = fields.find((each) => ["radio", "checkbox"].includes(each.type) && each.value === value);
  if (box) { box.checked = true; box.dispatchEvent(new Event("change", { bubbles: true })); return true; }
  if (!fields.length || ["radio", "checkbox"].includes(fields[0].type)) return false;
  fields[0].value = value;
  return fields[0].value === value;
}"""
PRESS = """(text) => {
  const one = [...document.querySelectorAll("main button, main a")].find((each) => each.innerText.trim() === text);
  one?.click();
  return Boolean(one);
}"""
JUDGE = """async (tags) => (await axe.run({ runOnly: tags, rules: { "target-size": { enabled: true } } })).violations.map(
  (each) => `${each.id}: ${each.nodes.map((node) => node.html + " " + node.failureSummary).join(" | ")}`.slice(0, 600))"""


def until(seen: Callable[[], Any], what: str, more: Callable[[], str] = lambda: "") -> Any:
    """Wait for somebody else."""
    return waiting.until(seen, lambda: f"{what}{more()}", PATIENCE_S, LOOK_S)
