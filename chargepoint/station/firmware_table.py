"""The way of a firmware update: what ends each step, what is told of it, and where it leads (1.6 §5.19; 1.6-SEC L01, §6.8).

step         what happens                            is told                      next step
───────────  ──────────────────────────────────────  ───────────────────────────  ──────────
Scheduled    retrieveDate lies ahead                 DownloadScheduled            Scheduled
             it has come                             Downloading                  Fetching
             we cannot                               DownloadFailed               Over
Fetching     the file is here                        Downloaded                   Checking
             it is not to be had                     DownloadFailed               Over
Checking     its signature is good                   SignatureVerified            Pending
             none was asked for                                                   Pending
             it is not                               InvalidSignature             Over
             we cannot tell                          InstallationFailed           Over
Pending      installDate ahead, or a transaction     InstallScheduled             Pending
             nothing is in the way                   Installing                   Installing
             the file is not what it was             InstallVerificationFailed    Over
             we cannot tell                          InstallationFailed           Over
Installing   done                                    InstallRebooting             Restarting
             done, and it runs already               Installed                    Over
             the file is no firmware for us          InstallVerificationFailed    Over
             it failed                               InstallationFailed           Over
Restarting   the station has started                 Installed                    Over
             the new firmware does not run           InstallationFailed           Over

Each status is told (L01.FR.01, L02.FR.01): what has failed for good as well (L01.FR.29, L01.FR.30, L02.FR.19), and Installed by the new
firmware, when it runs (L01.FR.28, L02.FR.20). A step of ours that breaks has failed. Where the updater installs, it starts the station
anew in the middle of Installing, once or, where it takes the new release back, twice: each start asks it again, until it tells the end
(1.6-SEC L01.FR.32 (b): such a restart need not be told).
"""

from collections.abc import Mapping
from enum import StrEnum

from chargepoint.domain.firmware import UNSIGNED, FirmwareStatus
from chargepoint.domain.jobs import FirmwareStep
from chargepoint.station.installers import Installed


class Happening(StrEnum):
    """What can end a step."""

    AHEAD = "ahead"
    DUE = "due"
    DONE = "done"
    RUNS = "runs"
    UNSIGNED = "unsigned"
    SPOILT = "spoilt"
    FAILED = "failed"


S, F, H = FirmwareStep, FirmwareStatus, Happening

TABLE: Mapping[tuple[FirmwareStep, Happening], tuple[FirmwareStatus | None, FirmwareStep]] = {
    (S.SCHEDULED, H.AHEAD): (F.DOWNLOAD_SCHEDULED, S.SCHEDULED),
    (S.SCHEDULED, H.DUE): (F.DOWNLOADING, S.FETCHING),
    (S.SCHEDULED, H.FAILED): (F.DOWNLOAD_FAILED, S.OVER),
    (S.FETCHING, H.DONE): (F.DOWNLOADED, S.CHECKING),
    (S.FETCHING, H.FAILED): (F.DOWNLOAD_FAILED, S.OVER),
    (S.CHECKING, H.DONE): (F.SIGNATURE_VERIFIED, S.PENDING),
    (S.CHECKING, H.UNSIGNED): (None, S.PENDING),
    (S.CHECKING, H.SPOILT): (F.INVALID_SIGNATURE, S.OVER),
    (S.CHECKING, H.FAILED): (F.INSTALLATION_FAILED, S.OVER),
    (S.PENDING, H.AHEAD): (F.INSTALL_SCHEDULED, S.PENDING),
    (S.PENDING, H.DUE): (F.INSTALLING, S.INSTALLING),
    (S.PENDING, H.SPOILT): (F.INSTALL_VERIFICATION_FAILED, S.OVER),
    (S.PENDING, H.FAILED): (F.INSTALLATION_FAILED, S.OVER),
    (S.INSTALLING, H.DONE): (F.INSTALL_REBOOTING, S.RESTARTING),
    (S.INSTALLING, H.RUNS): (F.INSTALLED, S.OVER),
    (S.INSTALLING, H.SPOILT): (F.INSTALL_VERIFICATION_FAILED, S.OVER),
    (S.INSTALLING, H.FAILED): (F.INSTALLATION_FAILED, S.OVER),
    (S.RESTARTING, H.DONE): (F.INSTALLED, S.OVER),
    (S.RESTARTING, H.FAILED): (F.INSTALLATION_FAILED, S.OVER),
}

EVENTS = {F.INVALID_SIGNATURE: "InvalidFirmwareSignature", F.INSTALLED: "FirmwareUpdated"}
"""Security events (L01.FR.03, L01.FR.31; 1.6-SEC L01.FR.03, §8)."""
INSTALLATIONS = {Installed.OK: H.DONE, Installed.RUNS: H.RUNS, Installed.NOT_VERIFIED: H.SPOILT, Installed.FAILED: H.FAILED}
COMMITTED = (S.INSTALLING, S.RESTARTING)
"""Too late for another request (1.6-SEC L01.FR.27)."""


def unsigned(status: FirmwareStatus | None) -> FirmwareStatus | None:
    """What 1.6 UpdateFirmware has a word for (§7.25); ``None``: nothing is told."""
    if status is F.INSTALL_VERIFICATION_FAILED:
        return F.INSTALLATION_FAILED
    return status if status in UNSIGNED else None
