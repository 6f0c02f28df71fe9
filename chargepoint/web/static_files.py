"""What pages load beside themselves, from memory. The address has a hash of the content, so browsers keep it for ever, and there is no path
to walk: what is not in the table is not there."""

import gzip
import hashlib
import mimetypes
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).with_name("static")
PREFIX = "/static"
FOR_EVER = "public, max-age=31536000, immutable"
LOADED = (".css", ".js", ".svg", ".png", ".webmanifest")


class Asset(Struct, frozen=True):
    """One file."""

    address: str
    media_type: str
    plain: bytes
    packed: bytes


class Assets:
    """All that browsers load."""

    def __init__(self) -> None:
        self._by_name = {path.name: _load(path) for path in sorted(FOLDER.iterdir()) if path.suffix in LOADED}
        self._by_address = {asset.address: asset for asset in self._by_name.values()}

    def address(self, name: str) -> str:
        """Where a page finds it. Raises KeyError: an error of ours."""
        return self._by_name[name].address

    def answer(self, request: Request) -> Response | None:
        """The file that is asked for; ``None``: there is none."""
        asset = self._by_address.get(request.scope["path"])
        if asset is None:
            return None
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.plain, media_type=asset.media_type, headers=headers)
        return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    mark = hashlib.sha256(content).hexdigest()[:12]
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(f"{PREFIX}/{mark}/{path.name}", media_type, content, gzip.compress(content, 9, mtime=0))
