"""TLS to the CSMS (1.6 security whitepaper A00.FR.307 to 322, 411 to 426; OCPP 2.0.1 A00.FR.312, A00.FR.317, A00.FR.415, A00.FR.420).

version     1.2 or newer, no renegotiation, no compression (A00.FR.313, A00.FR.314, A00.FR.321, A00.FR.416, A00.FR.417, A00.FR.424)
suites      of TLS 1.2 the four of the standard, and two more (see ``SUITES``); of TLS 1.3 all: each is authenticated encryption
            (A00.FR.319, A00.FR.320, A00.FR.422, A00.FR.423)
chain       always verified, with keys and hashes of 112 bits of strength or more (OpenSSL's security level 2); what is installed is
            trusted as it is, so a new root that the old one has signed stands on its own (1.6-SEC §7.1; A00.FR.308, A00.FR.411)
name        of the host, in the certificate's alternative names, else in its common name, where the standard wants it (A00.FR.309,
            A00.FR.412); by a wildcard unless AllowCSMSTLSWildcards is false
profile 3   shows the station's own certificate (A00.FR.401, A00.FR.402)
"""

import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from chargepoint.station.csms import Access

SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
"""TLS 1.2, in OpenSSL's names and in the order in which we would have them.

The standard wants ECDHE_ECDSA and RSA, both with AES-GCM, "at least" (1.6-SEC A00.FR.318, 422), forbids what is unsuitable for legacy use
(1.6-SEC A00.FR.319, 423), and would rather have forward secrecy. ECDHE_RSA is what a CSMS with an RSA certificate behind a present-day
proxy offers, often nothing else: the same key, the same cipher, and forward secrecy. So it is offered as well. CBC, SHA-1, DHE are not.
"""

INVALID_CERTIFICATE = "InvalidCentralSystemCertificate"
INVALID_VERSION = "InvalidTLSVersion"
INVALID_SUITE = "InvalidTLSCipherSuite"
FAILED_TO_AUTHENTICATE = "FailedToAuthenticateAtCentralSystem"

REFUSED_LATE = "HANDSHAKE_FAILURE_AFTER_THE_SUITE"
"""Our own word, see ``Handshake``."""

EVENTS: dict[str, str] = {
    "UNSUPPORTED_PROTOCOL": INVALID_VERSION,
    "TLSV1_ALERT_PROTOCOL_VERSION": INVALID_VERSION,
    "NO_PROTOCOLS_AVAILABLE": INVALID_VERSION,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": INVALID_SUITE,
    REFUSED_LATE: FAILED_TO_AUTHENTICATE,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": INVALID_SUITE,
    "NO_CIPHERS_AVAILABLE": INVALID_SUITE,
    "UNKNOWN_CIPHER_RETURNED": INVALID_SUITE,
    "WRONG_CIPHER_RETURNED": INVALID_SUITE,
    "SSLV3_ALERT_BAD_CERTIFICATE": FAILED_TO_AUTHENTICATE,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": FAILED_TO_AUTHENTICATE,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": FAILED_TO_AUTHENTICATE,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": FAILED_TO_AUTHENTICATE,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": FAILED_TO_AUTHENTICATE,
    "TLSV1_ALERT_UNKNOWN_CA": FAILED_TO_AUTHENTICATE,
    "TLSV1_ALERT_ACCESS_DENIED": FAILED_TO_AUTHENTICATE,
    "TLSV1_ALERT_DECRYPT_ERROR": FAILED_TO_AUTHENTICATE,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": FAILED_TO_AUTHENTICATE,
}
"""OpenSSL's reason -> security event. ``HANDSHAKE_FAILURE`` is what a server says that knows none of the suites offered."""


class Context(ssl.SSLContext):
    """``wildcards``: may a certificate name all hosts of a domain?"""

    wildcards = True


class Handshake(ssl.SSLObject):
    """Tells two meanings of one alert apart, and looks for the server's own name where a wildcard will not do.

    A server that knows none of our suites says handshake_failure. One that has chosen a suite and says it then wants a certificate of ours
    and got none, as OpenSSL does with TLS 1.2 (RFC 5246 §7.4.6).
    """

    def do_handshake(self) -> None:
        """Raises ssl.SSLError, with a reason that says which. Before a word of ours, and its password, has left."""
        try:
            super().do_handshake()
        except ssl.SSLError as error:
            if error.reason == "SSLV3_ALERT_HANDSHAKE_FAILURE" and self.cipher() is not None:
                error.reason = REFUSED_LATE
            raise
        if isinstance(self.context, Context) and not self.context.wildcards and self.context.check_hostname:
            self.look_for_name()

    def look_for_name(self) -> None:
        """The host's own name has to be there. Raises ssl.SSLCertVerificationError."""
        names = _names(self.getpeercert() or {})
        if (self.server_hostname or "").lower() not in names and any("*" in name for name in names):
            raise ssl.SSLCertVerificationError(1, "the certificate names the host by a wildcard only (AllowCSMSTLSWildcards)")


def _names(certificate: Mapping[str, Any]) -> set[str]:
    """Hosts that a certificate is for, as ``getpeercert`` tells it."""
    alternative = {str(value).lower() for _, value in certificate.get("subjectAltName", ())}
    common = {str(value).lower() for part in certificate.get("subject", ()) for name, value in part if name == "commonName"}
    return alternative or common


def context(access: Access) -> ssl.SSLContext:
    """A client's context. Raises OSError (a file cannot be read) or ssl.SSLError (it is no certificate, or not the key to it)."""
    made = Context(ssl.PROTOCOL_TLS_CLIENT)
    made.wildcards = access.wildcards
    made.sslobject_class = Handshake
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    made.set_ciphers(":".join((*SUITES, "@SECLEVEL=2")))
    made.check_hostname = access.verify_server_name
    made.hostname_checks_common_name = True
    made.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN
    if access.trust_pem:
        made.load_verify_locations(cadata=access.trust_pem)
    elif access.trust_file is not None:
        made.load_verify_locations(access.trust_file)
    if access.system_trust:
        made.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if access.security_profile >= 3:
        if access.certificate_file is None:
            raise FileNotFoundError("this station has no certificate of its own that is valid now")
        made.load_cert_chain(access.certificate_file, access.key_file, access.key_password or "")
    return made


def event(error: BaseException) -> str:
    """The security event that a failed connection is; empty: none. What a library has wrapped is looked for.

    Of the certificate: A00.FR.310, A00.FR.311, A00.FR.413, A00.FR.414; of the version: A00.FR.316, A00.FR.419; of the suites: A00.FR.323,
    A00.FR.426.
    """
    for each in _causes(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return INVALID_CERTIFICATE
        if isinstance(each, ssl.SSLError) and (reason := getattr(each, "reason", "")) in EVENTS:  # only OpenSSL's own have one
            return EVENTS[reason]
    return ""


def failure(error: BaseException) -> ssl.SSLError | None:
    """What TLS has said, wherever it is wrapped."""
    return next((each for each in _causes(error) if isinstance(each, ssl.SSLError)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def verified_chain(connection: ssl.SSLObject | ssl.SSLSocket | None) -> tuple[bytes, ...]:
    """The server's certificates from its own to the root that was found for it, DER; empty without TLS.

    Python 3.13 has a public name for it; before that there is only the inner object's.
    """
    inner = connection if hasattr(connection, "get_verified_chain") else getattr(connection, "_sslobj", None)
    chain = [] if inner is None else inner.get_verified_chain()
    return tuple(each if isinstance(each, bytes) else ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in chain)
