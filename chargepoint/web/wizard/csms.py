"""Step 6: the CSMS, or none."""

from typing import Any
from urllib.parse import quote

from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, Option, number

NONE, BY_OCPP = "none", "csms"
VERSIONS: dict[str, tuple[str, Any]] = {
    "both": ("2.0.1, else 1.6", ["2.0.1", "1.6"]),
    "1.6": ("1.6", "1.6"),
    "2.0.1": ("2.0.1", "2.0.1"),
}
PROFILES = (
    Option("2", "2: TLS and password", "The usual one."),
    Option("1", "1: password, not encrypted", "Inside a private network only."),
    Option("3", "3: TLS and certificate", "The station's certificate has to be installed before it can connect."),
    Option("0", "0: neither", "Inside a private network only, for tests."),
)
ONLY = {"uses": (BY_OCPP,)}
ENCRYPTED = ("2", "3")
ROOT, TRUSTED = "root", "csms"
"""The question, and its entry of ``[security] trust``."""
PRIVATE = (
    "Only where the CSMS's certificate is not of a public authority, but of the operator's own: his root certificate (PEM). The CSMS is"
    " believed by it alone then."
)
PASSWORD = "At least 16 characters. It is not shown again; left empty, the one that was given stays."


def fields(answers: Answers) -> tuple[Field, ...]:
    """What is asked."""
    there = bool(answers.get("password"))
    versions = tuple(Option(name, title) for name, (title, _) in VERSIONS.items())
    uses = (Option(BY_OCPP, "Yes, by OCPP"), Option(NONE, "No", "The station works alone."))
    return (
        Field(name="uses", label="Is there a CSMS?", kind="choice", options=uses, proposed=BY_OCPP),
        Field(name="url", label="Address", help="wss://host/path; the identity is appended.", where=ONLY),
        Field(name="version", label="OCPP version", kind="choice", options=versions, proposed="both", where=ONLY),
        Field(name="profile", label="Security profile", kind="choice", options=PROFILES, proposed="2", where=ONLY),
        Field(name="password", label="Password", kind="password", help=PASSWORD, stored=there, where={**ONLY, "profile": ("1", "2")}),
        Field(
            name=ROOT,
            label="Root certificate of a private authority",
            kind="certificates",
            help=PRIVATE,
            stored=bool(answers.get(ROOT)),
            where={**ONLY, "profile": ENCRYPTED},
        ),
    )


def tree(answers: Answers, identity: str = "") -> dict[str, Any]:
    """``[ocpp]``, and whom to trust. ``identity``: of the station."""
    if answers.get("uses", NONE) == NONE:
        return {"ocpp": {}}
    profile = number(answers.get("profile", "2"))
    _, version = VERSIONS.get(answers.get("version", "both"), VERSIONS["both"])
    ocpp = {"version": version, "csms_url": _without(identity, answers.get("url", "").strip()), "security_profile": profile}
    if profile in (1, 2) and answers.get("password"):
        ocpp["basic_auth_password"] = answers["password"]
    return {"ocpp": ocpp, "security": _trust(answers.get(ROOT, ""))} if profile in (2, 3) else {"ocpp": ocpp}


def _trust(root: str) -> dict[str, Any]:
    """``root``: the file of a private one. Beside it nobody else is believed."""
    return {"system_trust": False, "trust": {TRUSTED: root}} if root else {"system_trust": True}


def _without(identity: str, url: str) -> str:
    """Operators name the whole address at times; the identity at its end would be appended twice."""
    endings = {f"/{each}" for each in (identity, quote(identity, safe="")) if each}
    return next((url.rstrip("/").removesuffix(each) for each in endings if url.rstrip("/").endswith(each)), url)
