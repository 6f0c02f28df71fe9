"""7xx: the rungs on the way to the CSMS, each only to be looked at once those below it hold.

link ─▶ address ─▶ name ─▶ time ─▶ TCP ─▶ TLS ─▶ WebSocket ─▶ sub-protocol ─▶ boot ─▶ answers
70x     70x        70x     70x     71x    72x    73x          74x             75x     76x
"""

from chargepoint.domain.catalogue import tls
from chargepoint.domain.catalogue.rung import rung

_INSTALLER = "Installed, but not yet accepted by its operator: please use another station, or ask the help line."
_LOG = "Ask the operator of the CSMS for what its own log says at that moment."


NETWORK = (
    rung(
        701,
        "link_down",
        "No link",
        "No network interface of this station has a link.",
        "Check the network cable and the lamps at both its ends; with mobile radio or Wi-Fi, antenna, SIM card and signal.",
        "Look with ip link whether the interface is there and up.",
        "Take another cable, another port of the switch, and see whether a laptop gets a link there.",
        mrec="CX013",
    ),
    rung(
        702,
        "address_missing",
        "No address",
        "The link is there, and the station has no address of the network, or no way out of it.",
        "Look with ip address and ip route: an address of this network, not 169.254, and a default route are right.",
        "Check that the network's DHCP server runs and has addresses left, or enter a fixed address, mask and gateway.",
        "Ask whether the network admits unknown devices: port security or a list of MAC addresses may keep the station out.",
        mrec="CX013",
    ),
    rung(
        703,
        "name_unresolved",
        "Host name not found",
        "The name server knows no address for the host in csms_url, or does not answer.",
        "Compare the host in csms_url letter by letter with what the operator of the CSMS has given.",
        "Ask the name server with getent hosts HOST; look with resolvectl or in /etc/resolv.conf which one is asked.",
        "If no name is found at all: the firewall must let port 53 through, or enter another name server.",
    ),
    rung(
        704,
        "clock_wrong",
        "Clock wrong",
        "The station's clock is wrong by more than certificates and tariffs can bear, and no time server sets it.",
        "Compare date -u with a clock: within a minute is right; look with timedatectl whether it is synchronised.",
        "Let port 123 (NTP) through the firewall, or enter the network's own time server.",
        "If it is wrong after each power cut: replace the battery of the clock, or fit a clock to the computer.",
    ),
    rung(
        705,
        "network_unreachable",
        "No way to the CSMS",
        "A network in between says that there is no way to the host in csms_url.",
        "Look with ip route get ADDRESS which way is taken, and ping the gateway.",
        "Check VPN, mobile contract and APN: the CSMS may only be reachable through them.",
    ),
)

TCP = (
    rung(
        711,
        "tcp_refused",
        "Connection refused",
        "The host of csms_url answers that nothing listens at that port.",
        "Compare host and port of csms_url with what the operator has given: without a port it is 80, or 443 with TLS.",
        "Ask whether the CSMS runs, and whether it admits the address that this station comes from.",
    ),
    rung(
        712,
        "tcp_unanswered",
        "No answer to the connection",
        "Nothing came back within 15 s from the host and port of csms_url.",
        "Try from a laptop in the same network with curl -v https://HOST:PORT: if that hangs too, a firewall swallows it.",
        "Let outgoing connections to that host and port through the firewall, without a time limit for quiet ones.",
        "Compare host and port of csms_url with what the operator has given.",
    ),
    rung(
        713,
        "tcp_broken",
        "Connection broken",
        "The connection was broken while it was being opened, or without a word afterwards.",
        "See in the log how long connections last: always the same time points at a firewall or proxy that ends quiet ones.",
        "Lower WebSocketPingInterval below that time; check the signal of mobile radio, above -85 dBm is right.",
        _LOG,
    ),
)

WEBSOCKET = (
    rung(
        731,
        "http_refused",
        "WebSocket refused",
        "The CSMS answered the opening handshake with an HTTP status other than those of the following entries.",
        "Compare csms_url with what the operator has given, path and all; the identity is appended by the station.",
        _LOG,
    ),
    rung(
        732,
        "http_unauthorized",
        "Not authorised (HTTP 401)",
        "The CSMS does not accept the password of this station, or wants one.",
        "Set the password anew at both ends, here basic_auth_password; and compare station.id: a wrong identity is refused so, too.",
        "OCPP 1.6 with an even number of hex digits: they are decoded; write text:... if the CSMS wants them as they stand.",
        "Compare station.id letter by letter, capitals too, with what the CSMS holds: it is the user name.",
        "Compare security_profile: 1 and 2 send a password, 3 does not.",
    ),
    rung(
        733,
        "http_forbidden",
        "Forbidden (HTTP 403)",
        "The CSMS knows what is asked for, and does not admit this station.",
        "Ask the operator whether the station is registered and released, with this identity, serial and address.",
        "A firewall before the CSMS may answer so too: ask whether it admits the address that this station comes from.",
    ),
    rung(
        734,
        "http_not_found",
        "Not found (HTTP 404)",
        "The CSMS has nothing under the path of csms_url and the identity of this station.",
        "Compare station.id letter by letter, capitals too, with what the CSMS holds.",
        "Compare the path of csms_url: it ends before the identity, which is appended by itself.",
    ),
    rung(
        735,
        "http_upgrade_required",
        "Another protocol wanted (HTTP 400 or 426)",
        "The CSMS, or a proxy before it, did not take the request for a WebSocket.",
        "Compare ws and wss: security_profile 2 and 3 dial with TLS, 0 and 1 without.",
        "Have proxies in between let the headers Upgrade and Connection through.",
        "Check that the CSMS speaks one of ocpp.version: some answer 400 when it does not.",
    ),
    rung(
        736,
        "http_unavailable",
        "CSMS not available (HTTP 429 or 5xx)",
        "The CSMS is overloaded, being updated, or does not run behind its proxy.",
        "Nothing has to be done at the station: it tries again by itself, more and more seldom.",
        _LOG,
    ),
    rung(
        737,
        "no_websocket",
        "No WebSocket there",
        "Something answers at host and port of csms_url, and it is no WebSocket.",
        "If that port speaks TLS, as most do: wss:// in csms_url, and security_profile 2 or 3; else compare host, port and path.",
        "Compare security_profile with the CSMS: whoever wants TLS answers nonsense without it, and the other way round.",
        "A web page may live there: open host and port in a browser.",
    ),
    rung(
        741,
        "version_not_agreed",
        "No OCPP version in common",
        "The CSMS has chosen no OCPP version, or one that was not offered.",
        "Compare ocpp.version with what the CSMS speaks; a list of several offers all of them.",
        "If the CSMS speaks it and only does not say so: assume_subprotocol = true, with one version in ocpp.version.",
    ),
)

BOOT = (
    rung(
        751,
        "boot_pending",
        "Boot pending",
        "The CSMS has answered the boot with Pending: it wants to set something first.",
        "Wait some minutes; then have the operator release the station at the CSMS.",
        "An energy manager in place of the CSMS, such as evcc, leaves it at that until its own configuration names this station.id.",
        "Look in the frames whether the CSMS asks for something that the station refuses.",
        driver=_INSTALLER,
    ),
    rung(
        752,
        "boot_rejected",
        "Boot rejected",
        "The CSMS knows the connection, and does not accept the station.",
        "Have the operator register the station: identity, vendor, model and serial as chargepoint check-config shows them.",
        "It asks again after the interval that the CSMS has named; a restart of the station asks at once.",
        driver=_INSTALLER,
    ),
    rung(
        753,
        "boot_unanswered",
        "Boot not answered",
        "The connection stands, and the CSMS does not answer the boot, or not with what the standard wants.",
        "Look in the frames whether an answer comes, and what the log of chargepoint station says of it.",
        "Compare ocpp.version: a CSMS of another version may stay silent.",
        _LOG,
        driver=_INSTALLER,
    ),
    rung(
        761,
        "csms_silent",
        "CSMS does not answer",
        "The CSMS leaves messages unanswered while the connection stands.",
        "Look in the frames which messages are left, and since when.",
        _LOG,
    ),
    rung(
        762,
        "messages_given_up",
        "Messages given up",
        "The CSMS refused messages about transactions, or left them unanswered, as often as allowed; they are kept.",
        "Look with chargepoint messages list at what they are and what the CSMS said of them.",
        "When the CSMS has been put right, send them again with chargepoint messages resend all.",
        driver="",
    ),
)

ENTRIES = (*NETWORK, *TCP, *tls.ENTRIES, *WEBSOCKET, *BOOT)
