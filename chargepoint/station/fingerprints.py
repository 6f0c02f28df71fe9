"""What a commissioning report says of the station's certificates: only this process may read their files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from chargepoint.domain import fingerprints
from chargepoint.domain.certificates import CertificateUse
from chargepoint.inquiry.certificates import CertificateSeen, CertificatesSeen, SeeCertificates
from chargepoint.station.inquiry import Takers
from chargepoint.station.settings import SecuritySettings

WORDS: Mapping[CertificateUse, str] = {
    CertificateUse.CSMS_ROOT: "root for the CSMS",
    CertificateUse.MANUFACTURER_ROOT: "root for updates",
    CertificateUse.V2G_ROOT: "V2G root",
    CertificateUse.MO_ROOT: "MO root",
}
OWN = "this station to the CSMS"
MOST = 60


class Fingerprints:
    """Reads the files each time: the CSMS changes them."""

    def __init__(self, settings: SecuritySettings) -> None:
        self._settings = settings

    def takers(self) -> Takers:
        """What it answers."""
        return {SeeCertificates: self.see}

    async def see(self, _: SeeCertificates) -> CertificatesSeen:
        """Those that there are."""
        return CertificatesSeen(tuple(self._all())[:MOST])

    def _all(self) -> Iterator[CertificateSeen]:
        for use, words in WORDS.items():
            if use in self._settings.trust:
                yield from _seen(words, Path(self._settings.trust[use]))
        if self._settings.identity:
            for path in sorted(Path(self._settings.identity).glob("*.pem")):
                yield from tuple(_seen(OWN, path))[:1]


def _seen(what: str, path: Path) -> Iterator[CertificateSeen]:
    """Of a file that is not there: nothing."""
    try:
        for digest in fingerprints.of_pem(path.read_text("ascii")):
            yield CertificateSeen(what=what, file=path.name, sha256=digest)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        yield CertificateSeen(what=what, file=path.name, problem=f"cannot be read: {error}")
