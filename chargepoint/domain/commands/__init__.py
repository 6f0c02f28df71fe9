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
from chargepoint.domain.commands.charging import GetChargingProfiles as GetChargingProfiles
from chargepoint.domain.commands.charging import GetCompositeSchedule as GetCompositeSchedule
from chargepoint.domain.commands.charging import SetChargingProfile as SetChargingProfile
from chargepoint.domain.commands.customer import CustomerInformation as CustomerInformation
from chargepoint.domain.commands.data_transfer import DataTransfer as DataTransfer
from chargepoint.domain.commands.display import ClearDisplayMessage as ClearDisplayMessage
from chargepoint.domain.commands.display import CostUpdated as CostUpdated
from chargepoint.domain.commands.display import GetDisplayMessages as GetDisplayMessages
from chargepoint.domain.commands.display import SetDisplayMessage as SetDisplayMessage
from chargepoint.domain.commands.maintenance import GetLog as GetLog
from chargepoint.domain.commands.maintenance import UpdateFirmware as UpdateFirmware
from chargepoint.domain.commands.monitoring import ClearMonitorResult as ClearMonitorResult
from chargepoint.domain.commands.monitoring import ClearVariableMonitoring as ClearVariableMonitoring
from chargepoint.domain.commands.monitoring import GetMonitoringReport as GetMonitoringReport
from chargepoint.domain.commands.monitoring import SetMonitoringBase as SetMonitoringBase
from chargepoint.domain.commands.monitoring import SetMonitoringLevel as SetMonitoringLevel
from chargepoint.domain.commands.monitoring import SetMonitorResult as SetMonitorResult
from chargepoint.domain.commands.monitoring import SetVariableMonitoring as SetVariableMonitoring
from chargepoint.domain.commands.monitoring import WantedMonitor as WantedMonitor
from chargepoint.domain.commands.network import SetNetworkProfile as SetNetworkProfile
from chargepoint.domain.commands.operation import ChangeAvailability as ChangeAvailability
from chargepoint.domain.commands.operation import Reset as Reset
from chargepoint.domain.commands.operation import ResetKind as ResetKind
from chargepoint.domain.commands.operation import Trigger as Trigger
from chargepoint.domain.commands.operation import TriggerMessage as TriggerMessage
from chargepoint.domain.commands.outcome import Outcome as Outcome
from chargepoint.domain.commands.outcome import Verdict as Verdict
from chargepoint.domain.commands.publishing import PublishFirmware as PublishFirmware
from chargepoint.domain.commands.publishing import UnpublishFirmware as UnpublishFirmware
from chargepoint.domain.commands.reservation import CancelReservation as CancelReservation
from chargepoint.domain.commands.reservation import ReserveNow as ReserveNow
from chargepoint.domain.commands.sessions import GetTransactionStatus as GetTransactionStatus
from chargepoint.domain.commands.sessions import RequestStart as RequestStart
from chargepoint.domain.commands.sessions import RequestStop as RequestStop
from chargepoint.domain.commands.sessions import TransactionStatus as TransactionStatus
from chargepoint.domain.commands.sessions import UnlockConnector as UnlockConnector
from chargepoint.domain.commands.variables import GetBaseReport as GetBaseReport
from chargepoint.domain.commands.variables import GetReport as GetReport
from chargepoint.domain.commands.variables import GetVariables as GetVariables
from chargepoint.domain.commands.variables import SetVariables as SetVariables
from chargepoint.domain.commands.variables import TooMuch as TooMuch
from chargepoint.domain.device_model import GetResult, SetResult

Command = (
    RequestStart
    | RequestStop
    | UnlockConnector
    | GetTransactionStatus
    | Reset
    | ChangeAvailability
    | TriggerMessage
    | GetVariables
    | SetVariables
    | GetBaseReport
    | GetReport
    | ClearCache
    | SendLocalList
    | GetLocalListVersion
    | ReserveNow
    | CancelReservation
    | SetChargingProfile
    | ClearChargingProfile
    | GetChargingProfiles
    | GetCompositeSchedule
    | UpdateFirmware
    | PublishFirmware
    | UnpublishFirmware
    | GetLog
    | CustomerInformation
    | InstallCertificate
    | DeleteCertificate
    | GetInstalledCertificateIds
    | CertificateSigned
    | DataTransfer
    | SetNetworkProfile
    | GetMonitoringReport
    | SetMonitoringBase
    | SetMonitoringLevel
    | SetVariableMonitoring
    | ClearVariableMonitoring
    | SetDisplayMessage
    | GetDisplayMessages
    | ClearDisplayMessage
    | CostUpdated
)

Reply = (
    Outcome
    | TransactionStatus
    | tuple[GetResult, ...]
    | tuple[SetResult, ...]
    | TooMuch
    | LocalListVersion
    | CompositeSchedule
    | InstalledCertificates
    | tuple[SetMonitorResult, ...]
    | tuple[ClearMonitorResult, ...]
)
