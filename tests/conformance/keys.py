"""Certificates of a lab: an authority of the CSMS, one of the manufacturer, and the files that a station has of them."""

import ssl
from datetime import datetime
from pathlib import Path

from simulators.csms.authority import BEGIN, END, Authority
from simulators.csms.tls import server_context
from tests.conformance.sites import STATION, Change, Json

PASSWORD, NEW_PASSWORD = "30313233343536373839414243444546", "46454443424139383736353433323130"
THIRD_PASSWORD = "4f6e652d6d6f72652d70617373776f7264212121"
HOSTS = ("127.0.0.1", "localhost")


class Keys:
    """``folder`` gets the files of the station and of the server."""

    def __init__(self, folder: Path) -> None:
        self.operator = Authority("operator root", organization="operator")
        self.manufacturer = Authority("manufacturer root", organization="manufacturer")
        self._folder = folder / "keys"
        self.identities = self._folder / "identities"
        self.identities.mkdir(parents=True)
        for name, authority in (("csms.pem", self.operator), ("manufacturer.pem", self.manufacturer)):
            (self._folder / name).write_text(authority.pem)
        self.identity = ""
        """The station's own certificate."""
        self.issue_to_station(STATION)

    def issue_to_station(self, name: str) -> None:
        """A certificate with this common name, instead of the one that it has."""
        issued = self.operator.issue(name)
        self.identity = issued[0]
        self._write(self.identities, "station", issued)

    def server(
        self,
        *,
        authority: Authority | None = None,
        asks_for_certificate: bool = False,
        hosts: tuple[str, ...] = HOSTS,
        begin: datetime = BEGIN,
        end: datetime = END,
    ) -> ssl.SSLContext:
        """Of the CSMS; its certificate is the operator's unless another authority is named."""
        name = f"server{len(list(self._folder.iterdir()))}"
        self._write(self._folder, name, (authority or self.operator).issue("csms", hosts=hosts, begin=begin, end=end))
        roots = self._folder / "csms.pem" if asks_for_certificate else None
        return server_context(self._folder / f"{name}.pem", self._folder / f"{name}.key", roots)

    def station(self, profile: int) -> Change:
        """The configuration of a station of this security profile."""

        def change(tree: Json) -> None:
            tree["ocpp"] |= {"security_profile": profile} | ({"basic_auth_password": PASSWORD} if profile in (1, 2) else {})
            trust = {"csms": str(self._folder / "csms.pem"), "manufacturer": str(self._folder / "manufacturer.pem")}
            tree["security"] = {"trust": trust, "identity": {"csms": str(self.identities)}}

        return change

    @staticmethod
    def _write(folder: Path, name: str, issued: tuple[str, str]) -> None:
        certificate, key = issued
        (folder / f"{name}.pem").write_text(certificate)
        (folder / f"{name}.key").write_text(key)
