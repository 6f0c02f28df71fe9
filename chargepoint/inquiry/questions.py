"""What can be asked at the station's inquiry socket: one JSON line each way, one question for each connection.

nothing, and the writing side closed     the document (``chargepoint.station.document``)
ClearFault                               Answer
ListMessages                             Messages
ResendMessages                           Resent
ShowSignals                              Shown
ExerciseOutput                           Exercised
ChargeByHand                             Exercised
NoteSecurity                             Noted
ListEvents                               Events
SeeUplink                                UplinkSeen
SeeCertificates                          CertificatesSeen
ReadLog                                  LogLines
SeeEvse                                  EvseSight
StartHere, StopHere, ReportProblem       Done
SeeReceipt                               ReceiptSeen
TakeOutOfService, ReturnToService        Outages
ListOutages                              Outages
ListCards                                CardList
HoldCard                                 HeldCard
EnrolCard, EnrolCards                    CardsChanged
RenameCard, ForgetCard                   CardsChanged
ExportCards                              ExportedCards
ListFrames                               Frames
ListVariables                            Variables
ChangeVariable                           VariableChanged
ListTransactions                         Transactions
Restart, SeeProcesses                    Processes
KeepQuiet                                Quiet
TakeBackup                               Taken
Restore                                  Restored
SeeReset, FactoryReset                   ResetSeen
NoteUpdate                               UpdateNoted
SetExternalLimit, ReleaseExternalLimit   ExternalLimits
ListExternalLimits                       ExternalLimits

Questions and answers stand by subject in the modules beside this one.
"""

from chargepoint.inquiry.cards import EnrolCard, EnrolCards, ExportCards, ForgetCard, HoldCard, ListCards, RenameCard
from chargepoint.inquiry.certificates import SeeCertificates
from chargepoint.inquiry.driver import ReportProblem, SeeEvse, SeeReceipt, StartHere, StopHere
from chargepoint.inquiry.external_limits import ListExternalLimits, ReleaseExternalLimit, SetExternalLimit
from chargepoint.inquiry.faults import ClearFault
from chargepoint.inquiry.frames import ListFrames
from chargepoint.inquiry.hardware import ChargeByHand, ExerciseOutput, ShowSignals
from chargepoint.inquiry.history import ListEvents
from chargepoint.inquiry.keeping import FactoryReset, Restore, SeeReset, TakeBackup
from chargepoint.inquiry.ladder import SeeUplink
from chargepoint.inquiry.log import ReadLog
from chargepoint.inquiry.outage import ListOutages, ReturnToService, TakeOutOfService
from chargepoint.inquiry.restarting import KeepQuiet, Restart, SeeProcesses
from chargepoint.inquiry.security import NoteSecurity
from chargepoint.inquiry.sessions import ListTransactions
from chargepoint.inquiry.undelivered import ListMessages, ResendMessages
from chargepoint.inquiry.updates import NoteUpdate
from chargepoint.inquiry.variables import ChangeVariable, ListVariables

Question = (
    ClearFault
    | ListMessages
    | ResendMessages
    | ShowSignals
    | ExerciseOutput
    | ChargeByHand
    | NoteSecurity
    | ListEvents
    | SeeUplink
    | ReadLog
    | SeeEvse
    | StartHere
    | StopHere
    | ReportProblem
    | SeeReceipt
    | TakeOutOfService
    | ReturnToService
    | ListOutages
    | ListCards
    | HoldCard
    | EnrolCard
    | EnrolCards
    | RenameCard
    | ForgetCard
    | ExportCards
    | ListFrames
    | ListVariables
    | ChangeVariable
    | ListTransactions
    | Restart
    | SeeProcesses
    | KeepQuiet
    | TakeBackup
    | Restore
    | SeeReset
    | FactoryReset
    | NoteUpdate
    | SetExternalLimit
    | ReleaseExternalLimit
    | ListExternalLimits
    | SeeCertificates
)
