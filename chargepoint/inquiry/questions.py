"""What can be asked at the station's inquiry socket: one JSON line each way, one question for each connection.

nothing, and the writing side closed     the document (``chargepoint.station.document``)
ClearFault                               Answer
ListMessages                             Messages
ResendMessages                           Resent
ShowSignals                              Shown
ExerciseOutput                           Exercised
ChargeByHand                             Exercised

Questions and answers stand by subject in the modules beside this one.
"""

from chargepoint.inquiry.faults import ClearFault
from chargepoint.inquiry.hardware import ChargeByHand, ExerciseOutput, ShowSignals
from chargepoint.inquiry.undelivered import ListMessages, ResendMessages

Question = ClearFault | ListMessages | ResendMessages | ShowSignals | ExerciseOutput | ChargeByHand
