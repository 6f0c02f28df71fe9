"""Does the CSMS speak TLS as OCPP wants it, and is it the one that it says it is? No HTTP follows, so nobody takes it for a station."""

import asyncio
import contextlib
import ssl
from datetime import datetime

from msgspec import Struct

from chargepoint.domain.findings import Figures, Finding, by_code, failing
from chargepoint.ladder import shown_certificates, stopwatch
from chargepoint.ladder.shown_certificates import Shown
from chargepoint.ladder.way import Ip, Way
from chargepoint.ocpp import rungs, tls
from chargepoint.ocpp.problems import problem

NAME = "tls"
PATIENCE_S = 8.0
REFUSAL_WITHIN_S = 0.6
"""With TLS 1.3 a server refuses our certificate only after the handshake."""
SOON_DAYS = 30
OWN = 3
"""The security profile that shows a certificate of ours."""


class Agreed(Struct, frozen=True):
    """A handshake that went well."""

    version: str
    cipher: str
    chain: tuple[bytes, ...]


async def look(way: Way, ip: Ip) -> Finding:
    """The rung."""
    if not way.with_tls:
        text = f"security profile {way.profile} dials without TLS"
        return Finding(name=NAME, state="not needed", text=text)
    files = "a file under [security]"
    try:
        access = way.settings.access()
        files = ", ".join(each for each in (access.trust_file, access.certificate_file, access.key_file) if each) or files
        context = tls.context(access)
    except PermissionError as error:
        text = f"{error.filename or files}: this user may not read it"
        return Finding(name=NAME, state="not known", text=text, remedy="Run this as root.")
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) and error.errno is None:
            return failing(NAME, "tls_own_certificate_missing", str(error))
        seen = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        return failing(NAME, "certificate_file_unusable", f"{files}: {seen}")
    try:
        agreed = await _shake_hands(ip, way, context)
    except (OSError, ValueError) as error:
        return await _failed(way, ip, error)
    return judged(way, agreed, stopwatch.now())


async def _shake_hands(ip: Ip, way: Way, context: ssl.SSLContext) -> Agreed:
    """Raises OSError."""
    writer = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(str(ip), way.port, ssl=context, server_hostname=way.host)
        line: ssl.SSLObject = writer.get_extra_info("ssl_object")
        if way.profile == OWN:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFUSAL_WITHIN_S):
                    await reader.read(1)
        cipher = line.cipher()
        return Agreed(line.version() or "", cipher[0] if cipher else "", tls.verified_chain(line))
    finally:
        if writer is not None:
            writer.transport.abort()


async def _failed(way: Way, ip: Ip, error: Exception) -> Finding:
    if isinstance(error, ConnectionError | TimeoutError) and tls.failure(error) is None:
        text = (
            "no answer to the TLS handshake"
            if isinstance(error, TimeoutError)
            else "the connection was broken off during the TLS handshake"
        )
        return failing(NAME, "tls_missing", text)
    what = problem(error)
    shown = await _unverified(way, ip) if isinstance(tls.failure(error), ssl.SSLCertVerificationError) else ()
    text = f"{what.seen}; shown: {shown_certificates.words(shown, stopwatch.now())}" if shown else what.seen
    return by_code(NAME, what.code or rungs.code(error), text, f"Check {what.check}.", figures=_figures(shown, stopwatch.now()))


async def _unverified(way: Way, ip: Ip) -> tuple[Shown, ...]:
    """What the CSMS shows to somebody who does not look. Nothing is told to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(str(ip), way.port, ssl=context, server_hostname=way.host)
    except (OSError, ValueError):
        return ()
    own = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return shown_certificates.read((own,)) if own else ()


def judged(way: Way, agreed: Agreed, now: datetime) -> Finding:
    """What it means; everything has been verified."""
    chain = shown_certificates.read(agreed.chain)
    text = f"{agreed.version}, {agreed.cipher}; {shown_certificates.words(chain, now)}"
    figures: Figures = {"version": agreed.version, "cipher": agreed.cipher, **_figures(chain, now)}
    soonest = min((each.days_left(now) for each in chain), default=SOON_DAYS)
    if soonest < SOON_DAYS:
        remedy = "Have the operator of the CSMS renew his certificate in time: without it there is no connection."
        return Finding(name=NAME, state="warning", text=text, remedy=remedy, figures=figures)
    if not way.settings.access().verify_server_name:
        remedy = "Have the CSMS's certificate name its host, then set verify_server_name = true."
        return Finding(name=NAME, state="warning", text=f"{text}; its name is not verified", remedy=remedy, figures=figures)
    return Finding(name=NAME, state="passed", text=text, figures=figures)


def _figures(chain: tuple[Shown, ...], now: datetime) -> Figures:
    if not chain:
        return {}
    own = chain[0]
    named = ", ".join(own.names)
    return {"subject": own.subject, "issuer": own.issuer, "names": named, "days_left": own.days_left(now), "chain": len(chain)}
