"""Variables: found, read, and changed as a CSMS would."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.inquiry.variables import ChangeVariable, ListVariables, VariableChanged, VariableLine, Variables
from chargepoint.web.pages import variables
from tests.web.browser import Rig, visiting
from tests.web.station import Station

BEAT = VariableLine(
    name="OCPPCommCtrlr.HeartbeatInterval",
    key_16="HeartbeatInterval",
    component="OCPPCommCtrlr",
    variable="HeartbeatInterval",
    instance=None,
    evse=None,
    connector=None,
    value="60",
    type="integer",
    unit="s",
    minimum=1,
    maximum=86_400,
    values=(),
    access="ReadWrite",
    writable_16=True,
    reboot=False,
)
PASSWORD = replace(
    BEAT, name="SecurityCtrlr.BasicAuthPassword", key_16="AuthorizationKey", value=None, type="string", unit=None, access="WriteOnly"
)
CHOICE = replace(BEAT, name="X[a b]@1.Mode", key_16="", value="<slow>", type="OptionList", values=("<slow>", "fast"), unit=None)
BY_16 = replace(BEAT, name="A.B", key_16="OldName", access="ReadOnly")
FIXED = replace(BY_16, name="A.C", key_16="", writable_16=False)
ALL = (BEAT, PASSWORD, CHOICE, BY_16, FIXED)


def listed(question: ListVariables) -> Variables:
    """As the station does it."""
    found = tuple(line for line in ALL if all(word in line.name.lower() for word in question.search.lower().split()))
    return Variables(len(found), found, () if found else ("OCPPCommCtrlr.HeartbeatInterval",))


def station(rig: Rig, outcome: str = "changed", message: str = "it is so now") -> Station:
    """Which finds them, and changes them as ``outcome`` says."""
    answer: Any = VariableChanged(outcome=outcome, message=message)  # type: ignore[arg-type]
    return Station(rig, ListVariables=listed, ChangeVariable=answer)


def test_they_are_searched_and_one_shows_its_type_and_bounds(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        viewer = await rig.inside("viewer")
        page = (await viewer.get("/variables")).text
        assert all(
            text in page for text in ("5 variables", "&lt;slow&gt;", "(cannot be read)", "/variables/one?name=X%5Ba%20b%5D%401.Mode")
        )
        assert "1 variable<" in (await viewer.get("/variables?search=heartbeat+ocpp")).text
        assert "Like it are:" in (await viewer.get("/variables?search=hartbeat")).text
        await viewer.get(f"/variables?search={'x' * 5_000}")
        assert asked.asked[-1] == ListVariables(search="x" * 200)
        one = (await viewer.get("/variables/one?name=OCPPCommCtrlr.HeartbeatInterval")).text
        assert all(text in one for text in ("60 s", "integer from 1 up to 86400", "read and write it"))
        assert "/variables/change" not in one
        assert "60 s" in (await viewer.get("/variables/one?name=heartbeatInterval")).text, "by its 1.6 name as well"
        assert (await viewer.post("/variables/change", {"name": BEAT.name, "value": "1"})).status == 403
        assert (await viewer.get("/variables/one?name=nothing")).status == 404
        assert (await viewer.get("/variables/one")).status == 404

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    ("line", "name"), [(BEAT, BEAT.name), (CHOICE, CHOICE.name), (PASSWORD, PASSWORD.name), (BY_16, "OldName"), (FIXED, FIXED.name)]
)
def test_a_change_goes_by_the_name_by_which_it_may_be_written(line: VariableLine, name: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        technician = await rig.inside("technician")
        page = (await technician.get(f"/variables/one?name={line.name.replace(' ', '%20')}")).text
        assert ("/variables/change" in page) == (line is not FIXED)
        changed = await technician.post("/variables/change", {"name": line.name, "value": "fast"})
        assert changed.status == 303
        assert asked.asked[-1] == ChangeVariable(name, "fast")
        assert "It is so now." in (await technician.get(changed.headers["location"])).text
        assert rig.logged[-1]["info"] == f"variable changed: {line.name}"

    visiting(story, tmp_path)


def test_a_refusal_is_in_the_stations_own_words_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig, "refused", 'HeartbeatInterval: "0<" is less than 1')
        technician = await rig.inside("technician")
        refused = await technician.post("/variables/change", {"name": BEAT.name, "value": "0<"})
        assert refused.status == 409
        assert all(text in refused.text for text in ("HeartbeatInterval: &#34;0&lt;&#34; is less than 1.", 'value="0&lt;"'))
        secret = await technician.post("/variables/change", {"name": PASSWORD.name, "value": "gravel-umbrella"})
        assert (secret.status, "gravel-umbrella" in secret.text, 'type="password"' in secret.text) == (409, False, True)
        before = len(asked.asked)
        long = await technician.post("/variables/change", {"name": BEAT.name, "value": "é" * variables.MOST_BYTES})
        assert (long.status, "3500 characters are too many" in long.text) == (400, True)
        assert not any(isinstance(question, ChangeVariable) for question in asked.asked[before:])
        assert not any("variable" in line["info"] for line in rig.logged)

    visiting(story, tmp_path)
