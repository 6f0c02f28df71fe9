"""82x, 83x: new releases that were not taken, or were taken back."""

from chargepoint.domain.catalogue.entry import Entry

_NOT_READY = "This station is not ready for use yet: please use another one."
_AS_BEFORE = "You can charge as usual: the station goes on with its earlier software, and its operator has been told."


def _entry(number: int, name: str, title: str, cause: str, *technician: str, driver: str = _AS_BEFORE) -> Entry:
    return Entry(code=f"CP-{number}", name=name, title=title, cause=cause, technician=technician, driver=driver)


ENTRIES = (
    _entry(
        821,
        "update_signature_wrong",
        "Signature of the update wrong",
        "The bundle is not signed by somebody whom this station trusts, or was changed after that.",
        "Fetch the bundle anew from its maker, and compare its hash.",
        "Check that /etc/chargepoint/update-trust.pem has the root certificate of who signed it, and that it is still valid.",
        "If it comes from a place that nobody knows: do not install it, and tell the operator.",
    ),
    _entry(
        822,
        "update_older",
        "Update is older than what runs",
        "The bundle has a lower version than the one installed: an old weakness may come back with it.",
        "Look at both versions in chargepoint status or on the technician's page, and fetch the newest bundle.",
        "If it has to be the old one: chargepoint update --back takes the last update back, --older installs any.",
    ),
    _entry(
        823,
        "update_unfit",
        "Update for another device",
        "The bundle is for another line of devices, architecture, operating system or way of installing.",
        "Compare what the message names with chargepoint versions: arm64 and amd64 are not the same, nor are Debian 12 and 13.",
        "Fetch the bundle that its maker has for this device; /etc/chargepoint/compatible has the name of its line.",
    ),
    _entry(
        824,
        "update_no_room",
        "No room for the update",
        "There is not enough room on the disk for the bundle and for what it unpacks.",
        "Look with df -h and du at what fills the disk, and delete old logs and packages.",
        "The message says how much there is, and how much is needed: a bundle is copied first, from a USB stick too.",
    ),
    _entry(
        825,
        "update_not_fetched",
        "Update could not be fetched",
        "The bundle could not be downloaded, or not read from the stick.",
        "Open its address from a laptop in the same network: address, user and password, and the firewall.",
        "Check a stick on a laptop: FAT32, exFAT or ext4, and the bundle in its top folder or its folder chargepoint.",
    ),
    _entry(
        826,
        "update_not_installed",
        "Update could not be installed",
        "The installer gave up; nothing was changed, or it was changed back.",
        "Look into the log of chargepoint updater for what the installer said last.",
        "Check the disk for errors, and that its file system is not read-only.",
    ),
    _entry(
        827,
        "update_configuration_refused",
        "New release refuses the configuration",
        "The new release cannot work with the present configuration, so it was not installed.",
        "Look at the entries that the message names, change them, and install again.",
        "The notes of the release say which entries have changed, and what takes their place.",
    ),
    _entry(
        828,
        "update_unhealthy",
        "New release not healthy",
        "After the restart one of the processes did not come up, or did not stay up, and the earlier release was put back.",
        "Look into the logs of control and station from that restart on, for why they ended.",
        "Send a support bundle to the maker before you try again.",
    ),
    _entry(
        829,
        "update_rolled_back",
        "Update taken back",
        "The earlier release was put back, by itself or because somebody asked for it.",
        "Look in the history of events for who or what took it back.",
        "It is not offered again by itself; a newer one is.",
    ),
    _entry(
        831,
        "update_waits",
        "Update waits for the cars",
        "The update is here and is installed as soon as no car charges.",
        "Nothing has to be done: no session is ended for it.",
        "If it is urgent: take the EVSEs out of service, so that none begins anew.",
    ),
    _entry(
        832,
        "update_no_way_back",
        "Update failed, and no way back",
        "The new release does not work, and the earlier one could not be put back: the message says why.",
        "A package: sudo dpkg --configure -a, then sudo apt install ./chargepoint_VERSION.deb of a release that works.",
        "The release before, if it is kept, is /var/lib/chargepoint/updater/before.deb; what dpkg said is in dpkg.log beside it.",
        "An image: see rauc status, mark the other slot active (sudo rauc status mark-active other), and restart the machine.",
        driver=_NOT_READY,
    ),
)
