"""What every answer carries, and which requests are looked at at all.

No ``Strict-Transport-Security``: the certificate is the device's own, and browsers that have it offer no way past the warning.
``Referrer-Policy: same-origin`` and not ``no-referrer``: with that, browsers send ``Origin: null`` with forms.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD_BYTES = 16_384
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}
HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::(?P<port>\d{1,5}))?", re.ASCII)


class Headed:
    """Puts ``ALWAYS`` on every answer of an application."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        if _head_bytes(scope) > HEAD_BYTES:
            await PlainTextResponse("Too much in the head.", 431, headers={"Connection": "close"})(scope, receive, headed)
            return
        await self._application(scope, receive, headed)


def _head_bytes(scope: Scope) -> int:
    """h11 has a bound for heads that come in pieces only."""
    return len(scope["raw_path"]) + len(scope["query_string"]) + sum(len(name) + len(value) + 4 for name, value in scope["headers"])


def host_of(headers: Headers) -> str | None:
    """What the request calls us, without port, in lower case; ``None``: nonsense."""
    found = HOST.fullmatch(headers.get("host", ""))
    return None if found is None else found["host"].strip("[]").lower()


def is_ours(host: str, hosts: Collection[str]) -> bool:
    """An address, or one of our names, whatever domain a router has put behind it: a page elsewhere whose name was made to lead here (DNS
    rebinding) calls us by its own."""
    try:
        ip_address(host)
    except ValueError:
        return host in hosts or host.partition(".")[0] in hosts
    return True


def is_foreign(headers: Headers, scheme: str) -> bool:
    """Does a request that changes something come from another site's page, or from nobody who says where from?

    Where the browser says it (``Sec-Fetch-Site``, which no page can forge) that counts: a proxy that ends TLS before us, or calls us by
    another name, makes an origin look foreign that is not."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site not in (None, "none"):
        return site != "same-origin"
    if origin is None:
        return True
    return origin != f"{scheme}://{headers.get('host', '')}"
