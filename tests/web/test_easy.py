"""Which passwords are too easy."""

import pytest

from chargepoint.web import passwords
from chargepoint.web.easy import objection

ABOUT = ("cp001", "Acme Power", "One", "SN-48213377", "owner")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "PasswordPassword",
        "chargepoint!!",
        "Ch4rg3P01nt2026",
        "wallbox-wallbox",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "0987654321qwe",
        "abcdefghijkl",
        "abcabcabcabc",
        "xyzxyzxyzxyz1",
        "Summer2026Winter",
        "aaaaaaaaaaaaaaaaa",
        "aaabbbcccddd",
        "letmeinletmein",
        "acme-cp001-acme",
        "SN-48213377-sn",
        "AcmePower2026!",
        "ownerownerowner",
        "Willkommen1234",
        "motdepasse2024",
        "elevenchars",
        "tab\tin a fine password",
    ],
)
def test_what_people_guess_first_is_refused(password: str) -> None:
    said = objection(password, ABOUT)
    assert said
    assert password not in said


@pytest.mark.parametrize(
    "password",
    [
        "gravel umbrella 71 notebook",
        "Kq7#vm2!xTzB",
        "korrekt pferd batterie klammer",
        "öltankü ßwal grün 3",
        "tR9-mUx-4Lw-eZp",
        "我的充电站在花园后面很久了呢吗",
    ],
)
def test_others_are_taken(password: str) -> None:
    assert objection(password, ABOUT) is None


def test_a_long_one_has_an_end() -> None:
    assert "at most 128" in str(objection("gravel umbrella " * 9))


def test_a_password_is_known_again_however_its_letters_were_put_together_and_kept_salted() -> None:
    kept = passwords.hashed("caf\u00e9 umbrella 71")
    assert passwords.matches("cafe\u0301 umbrella 71", kept)
    assert not passwords.matches("cafe umbrella 71", kept)
    assert kept != passwords.hashed("caf\u00e9 umbrella 71")
    assert not passwords.matches("anything", "nonsense")
    assert not passwords.matches("anything", passwords.nobodys())
