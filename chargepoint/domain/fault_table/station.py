"""Faults that the station process sees by itself, and control knows nothing of."""

from chargepoint.domain.fault_table.fields import FaultRow

ROWS = (
    FaultRow(
        name="control_silent",
        kind="internal_error",
        cause="The station process has heard nothing from the control process for 10 s.",
        seen_after_s=10.0,
        hold_s=0.0,
        component="Controller",
        driver="The station has an internal fault: wait a moment, and use another station if it does not go on by itself.",
        technician=(
            "The board's dead-man opens the contactor when control is gone; measure all the same before you touch anything.",
            "Look whether the process of chargepoint control runs; start it, or the service that it belongs to.",
            "Look into its log for why it ended: configuration, board not found, another process that holds the board.",
            "If it runs, check that control and station have the same --config and --state-dir, and that both may open the socket there.",
            "If it ends again and again, measure the computer's supply, within 5 %, and replace a worn memory card.",
        ),
        source="Practice: whoever cannot be heard cannot tell of faults.",
    ),
    FaultRow(
        name="disk_full",
        kind="internal_error",
        cause="There was no room on the disk for the store, or there is hardly any left.",
        action="warn",
        hold_s=0.0,
        component="Controller",
        driver="You can charge as usual: the station needs some care, and its operator has been told.",
        technician=(
            "Look with df and du at what fills the disk that --state-dir is on, logs above all, and delete or move what is not needed.",
            "Look at the waiting messages in chargepoint status: if there are very many, find out why the CSMS cannot be reached.",
            "Until 8 MB are free meter values within transactions thin out; beginnings and ends are kept as long as anything fits.",
        ),
        source="OCPP 1.6 section 3.7.1: what is dropped when memory is full. E12.FR.07.",
    ),
    FaultRow(
        name="local_list_conflict",
        kind="local_list_conflict",
        cause="The CSMS has judged a token otherwise than the local list that it sent.",
        action="warn",
        hold_s=0.0,
        component="LocalAuthListCtrlr",
        driver="You can charge as usual: a list of known cards does not fit together, and the operator has been told.",
        technician=(
            "Nothing has to be done at the station: what the CSMS says of a token counts whenever it can be asked.",
            "Have the operator send the whole local list anew, with a higher version number: until then the old one counts offline.",
        ),
        source="OCPP 1.6 section 3.5.2: a conflict is told with LocalListConflict.",
    ),
    FaultRow(
        name="reader_silent",
        kind="reader_failure",
        cause="A card reader has not answered, or its port has not been there, for 5 s.",
        seen_after_s=5.0,
        action="warn",
        hold_s=5.0,
        component="TokenReader",
        driver="The station cannot read cards at present: start charging with the app or from the operator's website.",
        technician=(
            "Look in chargepoint status, or in the log of chargepoint station, for which reader it is and what its driver says.",
            "Check the reader's supply at its terminals, within 5 %, and its data cable at both plugs.",
            "Check that the port in the configuration is there, is the one in use, and may be opened by the user of the station.",
            "Hold a known card to the reader and watch the log: if others are read and this one is not, it is the card.",
            "If none of this helps: replace the reader. Until then sessions start and stop from afar, and the car's own stop works.",
        ),
        source="Practice: longer than a USB adapter takes to come back by itself.",
    ),
)
