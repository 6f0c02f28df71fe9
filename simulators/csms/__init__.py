"""The bench CSMS: takes OCPP 1.6 and 2.0.1 stations on one port, judges every frame, and is unkind on request.

    server      the CSMS as an object: start, stop, call, what it knows          console, http_api   what may be asked of it
    connection  one WebSocket: I/O only                                          lines               messages for people
    court       hears each frame; rules and schemas judge it; v16 and v201 carry it out and answer
    book        tokens, stations, transactions, messages (records, message_log, tokens)
    notices     security events, errands, certificates to be signed          authority   who signs them (and tls: the files of wss)
    behaviour   how unkind it is                                             shorthand   short words of the console, with errands

It reads the standard by itself and shares no OCPP code with the station, so that it can judge it. Everything lives in memory.
"""

from simulators.csms.behaviour import Behaviour
from simulators.csms.errors import BadRequest, Busy, CallRefused, CsmsError, NoAnswer, NotConnected, UnknownStation
from simulators.csms.server import Csms

__all__ = ["BadRequest", "Behaviour", "Busy", "CallRefused", "Csms", "CsmsError", "NoAnswer", "NotConnected", "UnknownStation"]
