"""80x, 81x: the configuration, and the folders and files that it names."""

from chargepoint.domain.catalogue.entry import Entry

_NOT_YET = "This station is not ready for use yet: please use another one."
_CHECK = "Run chargepoint check-config FILE: it names every error at once, with its entry, the value and what is allowed."


def _entry(number: int, name: str, title: str, cause: str, *technician: str) -> Entry:
    return Entry(code=f"CP-{number}", name=name, title=title, cause=cause, technician=technician, driver=_NOT_YET)


ENTRIES = (
    _entry(
        801,
        "configuration_missing",
        "No configuration",
        "There is no configuration file yet.",
        "Open the technician's page and follow its first steps, or run chargepoint setup in a terminal.",
        "If there should be one: its name is /etc/chargepoint/station.toml unless --config says otherwise.",
    ),
    _entry(
        802,
        "configuration_unreadable",
        "Configuration cannot be read",
        "The configuration file is there, and the process may not read it, or it is no UTF-8 text.",
        "Look with ls -l whether the users of the processes may read it: the group chargepoint, and mode 0640, are right.",
        "Save it as UTF-8 text.",
    ),
    _entry(
        803,
        "configuration_malformed",
        "Configuration is no TOML",
        "The configuration file is not well-formed; the message names line and column.",
        "Look at the line named, and the one before it: quotes around text, a bracket that is not closed, a table named twice.",
        _CHECK,
    ),
    _entry(
        804,
        "configuration_unknown_entry",
        "Unknown entry",
        "The configuration has an entry that this release does not know.",
        "Correct its spelling; the message names the nearest one that there is.",
        "If it is of a later release: update the station, or take the entry out.",
        _CHECK,
    ),
    _entry(
        805,
        "configuration_wrong_value",
        "Wrong value",
        "An entry of the configuration has a value that is not allowed there.",
        "Enter one of what the message allows; the unit is the last part of the entry's name.",
        _CHECK,
    ),
    _entry(
        806,
        "configuration_missing_entry",
        "Entry missing",
        "An entry is missing that the station cannot do without.",
        "Add it as the message says; the commented example beside the configuration has all of them.",
        _CHECK,
    ),
    _entry(
        807,
        "configuration_contradiction",
        "Entries contradict each other",
        "Entries that are right by themselves do not fit together: more phases than the site has, or two EVSEs of one number.",
        "Change the one that the message names, or the other one in its brackets, by what is fitted on the wall.",
        _CHECK,
    ),
    _entry(
        808,
        "configuration_unsafe",
        "Board without protection",
        "The board declares neither a safety controller of its own nor the interlocks that keep people safe without software.",
        "Fit a board of docs/hardware.md that has them: residual current device, dead-man, over-current protection.",
        "bench = true at the board is for the work bench, where nobody can touch it; never for a station that people use.",
    ),
    _entry(
        811,
        "state_folder_unusable",
        "Folder of states unusable",
        "The folder that --state-dir names cannot be written to.",
        "Look with ls -ld: it belongs to the user of the process; /var/lib/chargepoint is made by the package.",
        "Look with mount whether its disk has become read-only: a worn memory card does that; replace it.",
    ),
    _entry(
        812,
        "certificate_file_unusable",
        "Certificate file unusable",
        "A file under [security] cannot be read, or holds no certificate or key.",
        "Look with openssl x509 -in FILE -noout -text, and for a key with openssl pkey -in FILE -noout.",
        "Check that the station's user may read it, and that key_password is right.",
    ),
    _entry(
        813,
        "help_line_missing",
        "No help line",
        "The station is open to the public, and names no number to call.",
        "Enter help_line under [public]: it is shown beside every fault, and the law of many countries asks for it.",
        "If the station is not open to the public: open_to_public = false.",
    ),
)
