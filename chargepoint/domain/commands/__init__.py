"""What a CSMS wants of the station, in OCPP 2.x words, and what the station answers: one module for each functional block.

Every command has one answer type; statuses are the 2.x words, and each OCPP version's adapter narrows them to its own.
"""

from chargepoint.domain.commands.authorization import ClearCache as ClearCache
from chargepoint.domain.commands.authorization import GetLocalListVersion as GetLocalListVersion
from chargepoint.domain.commands.authorization import LocalListEntry as LocalListEntry
from chargepoint.domain.commands.authorization import LocalListVersion as LocalListVersion
from chargepoint.domain.commands.authorization import SendLocalList as SendLocalList
from chargepoint.domain.commands.certificates import CertificateSigned as CertificateSigned
from chargepoint.domain.commands.certificates import DeleteCertificate as DeleteCertificate
from chargepoint.domain.commands.certificates import GetInstalledCertificateIds as GetInstalledCertificateIds
from chargepoint.domain.commands.certificates import InstallCertificate as InstallCertificate
from chargepoint.domain.commands.certificates import InstalledCertificates as InstalledCertificates
from chargepoint.domain.commands.charging import ClearChargingProfile as ClearChargingProfile
from chargepoint.domain.commands.charging import CompositeSchedule as CompositeSchedule
from chargepoint.domain.commands.charging import GetCompositeSchedule as GetCompositeSchedule
from chargepoint.domain.commands.charging import SetChargingProfile as SetChargingProfile
from chargepoint.domain.commands.data_transfer import DataTransfer as DataTransfer
from chargepoint.domain.commands.maintenance import GetLog as GetLog
from chargepoint.domain.commands.maintenance import UpdateFirmware as UpdateFirmware
from chargepoint.domain.commands.operation import ChangeAvailability as ChangeAvailability
from chargepoint.domain.commands.operation import Reset as Reset
from chargepoint.domain.commands.operation import ResetKind as ResetKind
from chargepoint.domain.commands.operation import Trigger as Trigger
from chargepoint.domain.commands.operation import TriggerMessage as TriggerMessage
from chargepoint.domain.commands.outcome import Outcome as Outcome
from chargepoint.domain.commands.outcome import Verdict as Verdict
from chargepoint.domain.commands.reservation import CancelReservation as CancelReservation
from chargepoint.domain.commands.reservation import ReserveNow as ReserveNow
from chargepoint.domain.commands.sessions import RequestStart as RequestStart
from chargepoint.domain.commands.sessions import RequestStop as RequestStop
from chargepoint.domain.commands.sessions import UnlockConnector as UnlockConnector
from chargepoint.domain.commands.variables import GetBaseReport as GetBaseReport
from chargepoint.domain.commands.variables import GetVariables as GetVariables
from chargepoint.domain.commands.variables import SetVariables as SetVariables
from chargepoint.domain.device_model import GetResult, SetResult

Command = (
    RequestStart
    | RequestStop
    | UnlockConnector
    | Reset
    | ChangeAvailability
    | TriggerMessage
    | GetVariables
    | SetVariables
    | GetBaseReport
    | ClearCache
    | SendLocalList
    | GetLocalListVersion
    | ReserveNow
    | CancelReservation
    | SetChargingProfile
    | ClearChargingProfile
    | GetCompositeSchedule
    | UpdateFirmware
    | GetLog
    | InstallCertificate
    | DeleteCertificate
    | GetInstalledCertificateIds
    | CertificateSigned
    | DataTransfer
)

Reply = Outcome | tuple[GetResult, ...] | tuple[SetResult, ...] | LocalListVersion | CompositeSchedule | InstalledCertificates
