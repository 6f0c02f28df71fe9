"""Chromium without a screen, for tests that want to see a page as it is drawn. Where there is none, and none may be installed, they are
skipped with the line that says what to type."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
AXE = Path(__file__).with_name("axe")
STATIC = ROOT / "chargepoint" / "web" / "static"
SILENT = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-extensions")
LONGEST_S = 240


def chromium() -> str:
    """Where it is."""
    found = shutil.which("chromium")
    if found is None:
        done = subprocess.run([ROOT / ".ci" / "package", "chromium"], capture_output=True, text=True, check=False)
        found = shutil.which("chromium")
        if found is None:
            pytest.skip(done.stderr.strip())
    return found


def axe() -> str:
    """Its source."""
    if shutil.which("npm") is None:
        done = subprocess.run([ROOT / ".ci" / "package", "npm"], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(done.stderr.strip())
    subprocess.run([ROOT / ".ci" / "node", "tests/web/axe"], check=True)
    return (AXE / "node_modules" / "axe-core" / "axe.min.js").read_text()


def alone(page: str, *, dark: bool = False) -> str:
    """A page with its style sheets inside, which no longer needs us; ``dark``: as somebody sees it at night."""
    for address, name in re.findall(r'<link rel="stylesheet" href="(/static/[0-9a-f]+/([a-z.]+))">', page):
        style = (STATIC / name).read_text()
        style = style.replace("(prefers-color-scheme: dark)", "all") if dark else style.replace("(prefers-color-scheme: dark)", "not all")
        page = page.replace(f'<link rel="stylesheet" href="{address}">', f"<style>{style}</style>")
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def judged(pages: dict[str, str], folder: Path) -> dict[str, Any]:
    """What axe finds wrong on them."""
    program, source = chromium(), axe()
    listed = json.dumps([{"name": name, "html": page} for name, page in pages.items()]).replace("</", "<\\/")
    harness = (AXE / "harness.html").read_text().replace("/*AXE*/", source.replace("</", "<\\/")).replace("/*PAGES*/[]", listed)
    (folder / "harness.html").write_text(harness)
    command = (program, *SILENT, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=600000", "--dump-dom")
    done = subprocess.run([*command, f"file://{folder / 'harness.html'}"], capture_output=True, text=True, timeout=LONGEST_S, check=True)
    said = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert said, done.stdout[:500]
    found: dict[str, Any] = json.loads(html.unescape(said[1]))
    return found
