"""What the station tells a CSMS and asks of it, in OCPP 2.x words, and what it hears in answer: one module for each functional block.

``Kept`` are kept in the outbox until answered; the others are made anew when they are due.
"""

from chargepoint.domain.notifications.authorization import Authorize as Authorize
from chargepoint.domain.notifications.authorization import AuthorizeAnswer as AuthorizeAnswer
from chargepoint.domain.notifications.certificates import GetCertificateStatus as GetCertificateStatus
from chargepoint.domain.notifications.certificates import OcspStatus as OcspStatus
from chargepoint.domain.notifications.charging import ClearedChargingLimit as ClearedChargingLimit
from chargepoint.domain.notifications.charging import NotifyChargingLimit as NotifyChargingLimit
from chargepoint.domain.notifications.charging import ReportChargingProfiles as ReportChargingProfiles
from chargepoint.domain.notifications.data_transfer import DataTransferAnswer as DataTransferAnswer
from chargepoint.domain.notifications.data_transfer import DataTransferOut as DataTransferOut
from chargepoint.domain.notifications.display import NotifyDisplayMessages as NotifyDisplayMessages
from chargepoint.domain.notifications.maintenance import FirmwareStatusNotification as FirmwareStatusNotification
from chargepoint.domain.notifications.maintenance import LogStatusNotification as LogStatusNotification
from chargepoint.domain.notifications.maintenance import NotifyCustomerInformation as NotifyCustomerInformation
from chargepoint.domain.notifications.maintenance import PublishFirmwareStatusNotification as PublishFirmwareStatusNotification
from chargepoint.domain.notifications.metering import MeterValues as MeterValues
from chargepoint.domain.notifications.monitoring import MonitorEvent as MonitorEvent
from chargepoint.domain.notifications.monitoring import NotifyEvent as NotifyEvent
from chargepoint.domain.notifications.monitoring import NotifyMonitoringReport as NotifyMonitoringReport
from chargepoint.domain.notifications.provisioning import BootAnswer as BootAnswer
from chargepoint.domain.notifications.provisioning import BootNotification as BootNotification
from chargepoint.domain.notifications.provisioning import BootReason as BootReason
from chargepoint.domain.notifications.provisioning import Heartbeat as Heartbeat
from chargepoint.domain.notifications.provisioning import HeartbeatAnswer as HeartbeatAnswer
from chargepoint.domain.notifications.provisioning import NotifyReport as NotifyReport
from chargepoint.domain.notifications.provisioning import Registration as Registration
from chargepoint.domain.notifications.provisioning import StationIdentity as StationIdentity
from chargepoint.domain.notifications.received import Received as Received
from chargepoint.domain.notifications.reservation import ReservationEnd as ReservationEnd
from chargepoint.domain.notifications.reservation import ReservationStatusUpdate as ReservationStatusUpdate
from chargepoint.domain.notifications.security import SecurityEvent as SecurityEvent
from chargepoint.domain.notifications.security import SignAnswer as SignAnswer
from chargepoint.domain.notifications.security import SignCertificate as SignCertificate
from chargepoint.domain.notifications.transactions import ConnectorUnplugged as ConnectorUnplugged
from chargepoint.domain.notifications.transactions import TransactionAnswer as TransactionAnswer
from chargepoint.domain.status import StatusNotification
from chargepoint.domain.transaction import TransactionEvent

Kept = TransactionEvent | SecurityEvent | ConnectorUnplugged | NotifyEvent | MeterValues
"""What waits in the outbox until it is answered."""
Untied = SecurityEvent | NotifyEvent | MeterValues
"""What of it belongs to no transaction."""

Notification = (
    BootNotification
    | Heartbeat
    | StatusNotification
    | Authorize
    | TransactionEvent
    | MeterValues
    | DataTransferOut
    | ConnectorUnplugged
    | NotifyReport
    | ReportChargingProfiles
    | NotifyChargingLimit
    | ClearedChargingLimit
    | FirmwareStatusNotification
    | PublishFirmwareStatusNotification
    | LogStatusNotification
    | NotifyCustomerInformation
    | SecurityEvent
    | SignCertificate
    | GetCertificateStatus
    | NotifyEvent
    | NotifyMonitoringReport
    | NotifyDisplayMessages
    | ReservationStatusUpdate
)

Answer = BootAnswer | HeartbeatAnswer | AuthorizeAnswer | TransactionAnswer | DataTransferAnswer | SignAnswer | OcspStatus | Received
