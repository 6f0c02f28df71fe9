"""72x: TLS on the way to the CSMS, and its certificates."""

from chargepoint.domain.catalogue.rung import rung

_CHAIN = "Look at the certificate with openssl s_client -connect HOST:PORT -servername HOST, from this station's network."

ENTRIES = (
    rung(
        721,
        "tls_missing",
        "No TLS there",
        "The host and port of csms_url do not speak TLS, or break it off.",
        "Compare security_profile with the CSMS: 2 and 3 are with TLS, 0 and 1 without.",
        "Compare the port of csms_url: the CSMS may have one with TLS and one without.",
        _CHAIN,
    ),
    rung(
        722,
        "tls_name",
        "Certificate of another name",
        "The certificate of the CSMS does not name the host of csms_url.",
        "Write into csms_url the host that the certificate names, not its address and not an alias.",
        _CHAIN,
        "If the operator cannot have it changed: verify_server_name = false gives up the check of the name, never that of the chain.",
    ),
    rung(
        723,
        "tls_expired",
        "Certificate not valid now",
        "By the station's clock, a certificate of the CSMS has expired or is not valid yet.",
        "Check the station's clock first: date -u within a minute is right.",
        _CHAIN,
        "If the clock is right: the operator of the CSMS has to renew his certificate.",
    ),
    rung(
        724,
        "tls_unknown_authority",
        "Certificate of an unknown authority",
        "The certificate of the CSMS leads to no root that this station trusts.",
        "Ask the operator for his root certificate, and give it at the step CSMS of the set-up, at Configuration, CSMS, or to chargepoint"
        " setup; by hand: a file of PEM, named under [security] trust.",
        "If its authority is a public one: system_trust = true trusts those that the computer knows.",
        "See whether the CSMS sends the certificates in between: openssl s_client shows the chain from its own to the root.",
        "A proxy that looks into TLS shows a certificate of its own: have the host of the CSMS exempted from it.",
    ),
    rung(
        725,
        "tls_certificate_wrong",
        "Certificate unfit",
        "A certificate of the CSMS cannot be trusted for another reason: a weak key or signature, a wrong purpose, revoked.",
        _CHAIN,
        "Right are RSA of 2048 bits or more, or an elliptic curve of 224 or more, signed with SHA-256 or better.",
        "The operator of the CSMS has to have it issued anew.",
    ),
    rung(
        726,
        "tls_too_old",
        "TLS too old",
        "The CSMS speaks only a TLS older than 1.2, which OCPP forbids.",
        "The operator of the CSMS has to switch on TLS 1.2 or 1.3; nothing at the station makes up for it.",
        "If the CSMS can: a proxy in between may be the one that is too old.",
    ),
    rung(
        727,
        "tls_no_suite",
        "No cipher suite in common",
        "The CSMS offers none of the cipher suites that OCPP allows.",
        "The operator of the CSMS has to offer TLS 1.3, or TLS 1.2 with ECDHE or RSA and AES-GCM.",
        "The ECDSA suites need an elliptic certificate of the CSMS, the others an RSA one.",
    ),
    rung(
        728,
        "tls_own_certificate_refused",
        "Certificate of this station refused",
        "The CSMS refuses the certificate of this station, or misses one.",
        "If none is shown: security_profile 3 shows one, and [security] identity names the folder with certificate and key.",
        "Look with openssl x509 -in FILE -noout -subject -dates: it has to be valid now, and its common name is the serial or identity.",
        "Have the operator accept its authority, or send a new one (OCPP: CertificateSigned).",
    ),
    rung(
        729,
        "tls_own_certificate_missing",
        "No certificate of this station",
        "Security profile 3 needs a certificate of this station that is valid now, and there is none.",
        "Put certificate and key into the folder that [security] identity names: NAME.pem with NAME.key, readable for the station's user.",
        "Check the dates of the one that is there, and the station's clock.",
        "Go back to security_profile 2 with a password until the operator has signed a new one.",
    ),
)
