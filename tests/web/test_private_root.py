"""A CSMS whose certificate comes from a private root: a phone at the station is enough to give it."""

import asyncio
import re
import tomllib
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.findings import Finding, failing
from chargepoint.web.wizard.ports import Tree
from chargepoint.web.workshop import Workshop
from tests.pki.authority import Authority, pem
from tests.virtual_time import run
from tests.web.browser import Browser, Inline
from tests.web.editing_house import FILE, EditingRig
from tests.web.wizard_pages import WizardRig

ROOT, OTHER = Authority("Acme root"), Authority("another root")
LEAF, _ = ROOT.leaf("csms")
CSMS = {"uses": "csms", "url": "wss://csms.example/ocpp", "version": "both", "profile": "2", "password": "long enough to be good"}
KEPT = re.compile(r'name="root_kept" value="([^"]+)"')
TLS_FILE = FILE.replace("ws://10.0.0.1:9000", "wss://csms.example").replace("security_profile = 1", "security_profile = 2") + (
    '\n[security]\nsystem_trust = true\ntrust = { manufacturer = "/etc/maker.pem" }\n'
)


async def uploaded(browser: Browser, path: str, file: bytes, **fields: str) -> Any:
    """The form with a file, as a browser sends it."""
    fields = {"csrf": browser.token, "root": "", **fields}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
    parts.append(b'--x\r\nContent-Disposition: form-data; name="root_file"; filename="root.crt"\r\n\r\n' + file + b"\r\n--x--\r\n")
    return await browser.ask("POST", path, b"".join(parts), {"content-type": "multipart/form-data; boundary=x"})


def pem_at(path: str) -> str:
    return Path(path).read_text()


def test_the_set_up_takes_it_pasted_or_as_a_file_says_what_is_none_and_forgets_it_on_demand(tmp_path: Path) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        rig = WizardRig(tmp_path)
        browser = await rig.inside("owner")
        await rig.all(browser)
        answer = await rig.answer(browser, "csms", CSMS | {"root": "-----BEGIN nothing"}, "try")
        assert answer.status == 400
        assert "The root certificate was not taken: there is none in PEM in it" in answer.text
        assert "wss://csms.example/ocpp" in answer.text, "nothing else that was typed is lost"
        answer = await rig.answer(browser, "csms", CSMS | {"root": ROOT.pem}, "try")
        assert answer.status == 303
        page = (await browser.get("/wizard/csms")).text
        assert "Taken: the root certificate Acme root, valid until" in page
        security = rig.house.workshop.tree["security"]
        assert security["system_trust"] is False, "beside a private root nobody else is believed"
        assert pem_at(security["trust"]["csms"]) == ROOT.pem
        assert rig.house.workshop.checked().errors == ()
        assert Path(security["trust"]["csms"]).parent == tmp_path / "certificates"
        await rig.answer(browser, "csms", CSMS, "try")
        assert rig.house.workshop.tree["security"] == security, "left empty it stays"
        rig.begin()
        answer = await uploaded(browser, "/wizard/csms", OTHER.pem.encode(), **CSMS, act="try")
        assert answer.status == 303, answer.text
        assert pem_at(rig.house.workshop.tree["security"]["trust"]["csms"]) == OTHER.pem
        await rig.answer(browser, "csms", CSMS | {"root_forget": "on"}, "try")
        assert rig.house.workshop.tree["security"] == {"system_trust": True}
        answer = await rig.answer(browser, "csms", CSMS | {"root_kept": "/etc/shadow"}, "try")
        assert rig.house.workshop.tree["security"] == {"system_trust": True}, "no form names a file of the computer"

    run(main())


class Line:
    """The TLS rung that the test plays."""

    def __init__(self, rig: EditingRig) -> None:
        self.found: Finding | None = Finding(name="tls", state="passed", text="TLSv1.3")
        self.asked: list[Tree] = []
        ports = rig.house.ports
        assert ports.wizard is not None
        rig.house.workshop = Workshop(replace(ports, wizard=replace(ports.wizard, secured=self.secured)))

    async def secured(self, tree: Tree) -> Finding | None:
        self.asked.append(tree)
        return self.found


def test_a_configured_station_takes_it_once_the_csms_s_chain_leads_to_it(tmp_path: Path) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        rig = EditingRig(tmp_path, TLS_FILE)
        line = Line(rig)
        browser = await rig.inside("technician")
        await browser.get("/configuration/csms")
        answer = await uploaded(browser, "/configuration/csms", pem(LEAF).encode(), **CSMS)
        assert 'id="e-root">The root certificate was not taken: ' in answer.text
        line.found = failing("tls", "tls_unknown_authority", "shown: certificate of csms, issued by Acme root")
        answer = await uploaded(browser, "/configuration/csms", OTHER.pem.encode(), **CSMS)
        assert answer.status == 400
        assert "issued by Acme root. It is not the root" in answer.text
        assert KEPT.search(answer.text) is None
        assert (await browser.get("/configuration/review")).status == 303, "nothing is proposed"
        line.found = Finding(name="tls", state="passed", text="TLSv1.3")
        answer = await uploaded(browser, "/configuration/csms", ROOT.pem.encode(), **CSMS | {"password": ""})
        assert "type the password anew" in answer.text, "whoever gives a root may stand behind it"
        kept = KEPT.search(answer.text)
        assert kept is not None
        answer = await browser.post("/configuration/csms", CSMS | {"root_kept": kept[1]})
        assert answer.headers["location"] == "/configuration/review", "it need not be pasted again"
        assert "leads to it" in (await browser.get("/configuration/review")).text
        await browser.post("/configuration/apply")
        await asyncio.sleep(1)
        security = tomllib.loads(rig.applied[-1])["security"]
        assert security == {"system_trust": False, "trust": {"manufacturer": "/etc/maker.pem", "csms": kept[1]}}
        assert line.asked[-1]["security"] == security, "the line is tried with it before it is saved"
        await browser.get("/configuration/csms")
        await browser.post("/configuration/csms", CSMS | {"password": "", "root_forget": "on"})
        await browser.post("/configuration/apply")
        await asyncio.sleep(1)
        assert tomllib.loads(rig.applied[-1])["security"] == {"system_trust": True, "trust": {"manufacturer": "/etc/maker.pem"}}

    run(main())
