"""What is written is read again as the same values, whatever somebody typed."""

import tomllib

import pytest

from chargepoint.web.wizard import toml

TEXTS = ('"', "\\", "]]\n[web]", "é ☃ \x7f \x00 \x1f", "'''", '"""', "# no remark", "\u2028", "")


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    tree = {
        "station": {"id": text, text or "x": 1},
        "evses": [{"id": 1, "board": {"driver": text, "gain": 1.5, "on": True, "at": [1, text]}}, {"id": 2, "max_current_a": 16.0}],
        "web": {},
    }
    assert tomllib.loads(toml.text(tree, {"station": f"remark {text}\n[bad]"})) == tree


def test_secrets_are_masked_for_eyes_only() -> None:
    tree = {"ocpp": {"basic_auth_password": "hidden"}}
    assert "hidden" not in toml.text(tree, masked=True)
    assert tomllib.loads(toml.text(tree)) == tree
