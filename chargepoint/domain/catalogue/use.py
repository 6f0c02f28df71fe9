"""9xx: no fault, but it keeps somebody from charging, for now. ``chargepoint.domain.why`` says which of them holds.

900 service   910 place   920 who may   940 current   950 moments of the station's own   970 the car
"""

from chargepoint.domain.catalogue import waiting
from chargepoint.domain.catalogue.state import state

SERVICE = (
    state(
        901,
        "out_of_service_technician",
        "Out of service, by a technician",
        "A technician has taken it out of service at the station; no command of the CSMS puts it back.",
        "This charging place is out of service: please use another one.",
        "Finish what it was taken out for, then return it to service on the technician's page, or with chargepoint out-of-service off.",
        "Plug in a test adapter afterwards, and watch one charge begin and end.",
    ),
    state(
        902,
        "out_of_service_csms",
        "Out of service, by the CSMS",
        "The CSMS has made it inoperative (ChangeAvailability); that lasts until the CSMS says otherwise.",
        "This charging place is out of service: please use another one.",
        "Ask the operator why, and have it made operative at the CSMS.",
        "An energy manager that is connected in the place of the CSMS may have done it: look there.",
    ),
    state(
        903,
        "firmware_installing",
        "Firmware is being installed",
        "New firmware is being installed, or about to be: nothing begins until that has ended.",
        "The station is being updated: please wait some minutes, or use another one.",
        "Wait: it takes some minutes, and the station restarts by itself.",
        "If it does not end: look into the log of chargepoint station for the last step of the update.",
    ),
    state(
        904,
        "restart_pending",
        "About to restart",
        "A restart is due as soon as no car charges; until then no session begins.",
        "The station is about to restart: please wait a minute or two.",
        "Wait until the last session has ended; look in chargepoint status at which EVSE that is.",
        "If nobody waits for it: end the session, at the station or from the CSMS.",
    ),
)

PLACE = (
    state(
        911,
        "reserved",
        "Reserved",
        "It is reserved for somebody else, who has not come yet.",
        "This place is reserved: if it is for you, plug in and start as usual, otherwise please use another one.",
        "Look in chargepoint status for whom and until when; only that card, or one of its group, starts a session.",
        "Have the operator cancel the reservation if it should not be there.",
    ),
    state(
        912,
        "nothing_plugged",
        "Nothing plugged in",
        "No car is plugged in.",
        "Plug the cable into your car, and into the station if it is not fixed to it.",
        "If a car is plugged in: measure CP against PE at the socket; 9 V or 6 V is a car, 12 V is none.",
        "With 12 V: look for a broken pilot wire in the cable, and a bent pin in plug or socket.",
    ),
    state(
        913,
        "no_car_on_the_cable",
        "Cable without a car",
        "A cable is in the socket, and no car is seen at its other end.",
        "Your car is not seen: push the plug firmly into the car, or try another cable.",
        "Measure CP against PE at the car's plug: 12 V is right; without it the cable's pilot wire is broken.",
        "Try another car: the inlet of the first one may be dirty or damaged.",
    ),
)

AUTHORISATION = (
    state(
        921,
        "authorisation_awaited",
        "Waits for authorisation",
        "A car is plugged in, and nobody has said who pays.",
        "Hold your card to the reader, or start with the app.",
        "Hold a known card to the reader: a sound and a light say that it was read.",
        "If the reader stays silent: chargepoint detect, and the fault reader_silent.",
        "For charging without cards: free = true under [authorization].",
    ),
    state(
        922,
        "card_judged",
        "Card is being looked at",
        "A card was shown, and the CSMS is being asked for it.",
        "Your card is being checked: one moment please.",
        "If it takes more than some seconds: look at the connection to the CSMS.",
    ),
    state(
        923,
        "card_refused",
        "Card refused",
        "The CSMS, the local list or the cache refused the card.",
        "Your card was refused: try another one, or call the number on the card.",
        "Ask the operator what is wrong with the card: the status in the log is his word for it.",
        "If the card is in order at the CSMS: have it send the local list anew, or clear the cache.",
    ),
    state(
        924,
        "card_unknown_offline",
        "Card unknown while offline",
        "The CSMS cannot be asked, and the card is neither on the local list nor in the cache.",
        "The operator cannot be reached, and this station does not know your card: try again later, or use another station.",
        "Mend the connection to the CSMS: look at its rungs with chargepoint doctor.",
        "LocalAuthorizeOffline lets known cards charge, AllowOfflineTxForUnknownId all that are not known to be wrong.",
        "Have the operator send a local list, if he wants cards to work without him.",
    ),
    state(
        925,
        "card_unlisted",
        "Card not among the station's own",
        "There is no CSMS, and the card is not among those of the configuration.",
        "This station does not know your card: ask its owner to have it added.",
        "Enrol the card on the technician's page, or add it to cards under [authorization].",
    ),
    state(
        926,
        "card_without_place",
        "Card with no place to go to",
        "A card was shown, and no EVSE of its reader was free for it: in use, reserved, out of order or of service.",
        "There is no place free for your card here: please use another station.",
        "Look in chargepoint why at each EVSE of this reader.",
        "If several readers serve several EVSEs: check evses under [[readers]].",
    ),
    state(
        927,
        "authorisation_timed_out",
        "Nobody authorised in time",
        "A car has been plugged in for longer than the connection time-out, and nobody said who pays.",
        "You waited too long: hold your card to the reader again, or unplug and plug in again.",
        "A card shown at the station still starts it; a remote start does not, in some CSMS.",
        "ConnectionTimeOut (EVConnectionTimeOut in 2.x) is how long is waited.",
        mrec="CX009",
    ),
    state(
        928,
        "authorisation_withdrawn",
        "Authorisation withdrawn",
        "The CSMS has withdrawn the card during the session; it goes on without energy, or up to a rest.",
        "Your card is no longer valid: unplug the car, and call the number on the card.",
        "Ask the operator why: it is his answer to the start of the transaction.",
        "StopTransactionOnInvalidId says whether such a session ends at once.",
    ),
    state(
        929,
        "session_over",
        "Session over",
        "The session has ended, and the car is still plugged in.",
        "The session is over: please unplug, or hold your card to the reader to start again.",
        "For why it ended: look in the history of events, or for event=transaction_stopping in the log.",
    ),
    state(
        930,
        "session_ending",
        "Session ends",
        "The session is ending: the car lets go, the contactor opens, the meter is read once more.",
        "The session is ending: one moment please.",
        "It takes 10 s at most; longer means that control or the meter is silent.",
    ),
    state(
        931,
        "plug_kept",
        "Plug kept locked after the session",
        "The CSMS has withdrawn the card; the session is over, and the plug stays locked until that card is shown, or one of its group.",
        "Your card is no longer valid, and your plug is locked: hold the same card to the reader once more, then unplug.",
        "Hold the card that began the session to the reader, or one of its group: the plug is let go.",
        "Without that card: have the operator unlock the connector (UnlockConnector).",
        "Ask the operator why: it is his answer to the start of the transaction.",
    ),
)

ENTRIES = (*SERVICE, *PLACE, *AUTHORISATION, *waiting.ENTRIES)
