"""FTP and FTPS, passive: RETR and STOR with REST.

TLS is explicit (AUTH TLS, RFC 4217), implicit on port 990; the data connection takes up the session of the control connection, which
many servers insist on. What we say is UTF-8; what old servers say may be anything, and is read as Latin-1, which always can be.
"""

import ftplib
import os
import socket
import ssl
from typing import Any
from urllib.parse import unquote

from chargepoint.transfer import trust, urls
from chargepoint.transfer.job import Job, Reason, TransferError
from chargepoint.transfer.part import BLOCK, Part
from chargepoint.transfer.watch import Watch

IMPLICIT_PORT = 990
ENCODING = "latin-1"
REASONS = {
    "421": Reason.REFUSED,
    "500": Reason.UNSUPPORTED,
    "502": Reason.UNSUPPORTED,
    "504": Reason.UNSUPPORTED,
    "501": Reason.BAD_REQUEST,
    "530": Reason.DENIED,
    "532": Reason.DENIED,
    "553": Reason.DENIED,
}


class Ftps(ftplib.FTP_TLS):
    """With the session of the control connection for the data, and TLS from the first byte where the port is that of implicit TLS."""

    def connect(self, host: str = "", port: int = 0, timeout: float = -999, source_address: Any = None) -> str:
        """As ``FTP.connect``."""
        if port != IMPLICIT_PORT:
            return super().connect(host, port, timeout, source_address)
        self.host, self.port, self.timeout = host, port, timeout
        plain = socket.create_connection((host, port), timeout)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain, server_hostname=host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """As ``FTP_TLS.ntransfercmd``, with the session taken up."""
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        control = self.sock
        assert isinstance(control, ssl.SSLSocket)
        return self.context.wrap_socket(connection, server_hostname=self.host, session=control.session), size


def download(job: Job, part: Part, watch: Watch) -> None:
    """Whatever is missing of the file. Raises TransferError, ``BROKEN`` where it may be taken up again."""
    with _Session(job) as session:
        path = session.path
        size, mark = session.size(path), session.mark(path)
        if part.size and (mark, size) != (part.mark, part.total):
            part.restart()
        part.expect(mark, size)
        if part.size and part.size == size:
            return
        connection = session.begin("RETR", path, part)
        with connection:
            while block := connection.recv(BLOCK):
                part.add(block)
                watch.at(part.size, size)
            _unwrap(connection)
        if size is not None and part.size < size:
            raise TransferError(Reason.BROKEN, f"the connection ended after {part.size} of {size} bytes")
        session.client.voidresp()


def upload(job: Job, watch: Watch, again: bool) -> None:
    """Store the file. ``again``: a connection broke on the way, and what is there is taken up."""
    size = os.path.getsize(job.path)
    with _Session(job) as session, open(job.path, "rb") as file:
        path = session.place(job.name)
        there = (session.size(path) or 0) if again else 0
        offset = there if there < size else 0
        file.seek(offset)
        with session.client.transfercmd(f"STOR {path}", offset or None) as connection:
            while block := file.read(BLOCK):
                connection.sendall(block)
                watch.at(file.tell(), size)
            _unwrap(connection)
        session.client.voidresp()
        stored = session.size(path)
        if stored is not None and stored != size:
            raise TransferError(Reason.BROKEN, f"the server has stored {stored} of {size} bytes")


def _said(text: str) -> str:
    """Whose Latin-1 is the text's UTF-8."""
    return text.encode().decode(ENCODING)


def _unwrap(connection: socket.socket) -> None:
    """Say that the data has ended. Many servers just close, which is as good: the sizes are compared."""
    if isinstance(connection, ssl.SSLSocket):
        try:
            connection.unwrap()
        except (OSError, ValueError):
            return


class _Session:
    """A server to which we are logged in. Whatever it does to us comes out as a TransferError."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._address = urls.read(job.url)
        self._writes = job.kind == "upload"
        self.client: ftplib.FTP

    @property
    def path(self) -> str:
        """From where the login leads; ``//`` or ``/%2F`` at its beginning: from the root."""
        return _said(unquote(self._address.path[1:]))

    def __enter__(self) -> "_Session":
        try:
            self._log_in()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def _log_in(self) -> None:
        address, secure = self._address, self._address.scheme == "ftps"
        self.client = Ftps(context=trust.context(self._job), encoding=ENCODING) if secure else ftplib.FTP(encoding=ENCODING)
        try:
            self.client.connect(address.host, address.port, self._job.idle_s)
        except ssl.SSLCertVerificationError:
            raise
        except (OSError, UnicodeError) as error:
            raise TransferError(Reason.UNREACHABLE, f"{address.host}:{address.port}: {error}") from None
        if isinstance(self.client, Ftps) and address.port != IMPLICIT_PORT:
            self.client.auth()
        user, password = (address.user, address.password or "") if address.user else ("anonymous", "anonymous@")
        self.client.login(_said(user), _said(password))
        if isinstance(self.client, Ftps):
            self.client.prot_p()
        self.client.voidcmd("TYPE I")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if hasattr(self, "client"):
            self.client.close()
        if error is not None and (told := self._told(error)) is not None:
            raise told from None

    def _told(self, error: BaseException) -> TransferError | None:
        host = self._address.host
        match error:
            case ssl.SSLCertVerificationError():
                return TransferError(Reason.UNTRUSTED, f"{host}: {error.verify_message}")
            case ftplib.error_perm():
                return TransferError(self._reason(str(error)), f"FTP {str(error)[:80]}")
            case ftplib.Error():
                return TransferError(Reason.REFUSED, f"FTP {str(error)[:80]}")
            case TimeoutError():
                return TransferError(Reason.TIMED_OUT, f"{host}: silent for {self._job.idle_s:g} s")
            case OSError() | EOFError():
                return TransferError(Reason.BROKEN, f"{host}: {error or 'the connection ended'}")
        return None

    def _reason(self, answer: str) -> str:
        if answer.startswith("550"):
            return Reason.DENIED if self._writes else Reason.MISSING
        return REASONS.get(answer[:3], Reason.REFUSED)

    def size(self, path: str) -> int | None:
        """As the server says; ``None`` where it does not."""
        try:
            return self.client.size(path)
        except (ftplib.error_perm, ValueError):
            return None

    def mark(self, path: str) -> str:
        """Its date of change, if the server tells it."""
        try:
            return self.client.voidcmd(f"MDTM {path}")
        except ftplib.error_perm:
            return ""

    def begin(self, command: str, path: str, part: Part) -> socket.socket:
        """The data connection, from where we are if the server can do that."""
        try:
            return self.client.transfercmd(f"{command} {path}", part.size or None)
        except ftplib.error_perm as error:
            if not part.size or not str(error).startswith(("501", "502", "504")):
                raise
        mark, total = part.mark, part.total
        part.restart()
        part.expect(mark, total)
        return self.client.transfercmd(f"{command} {path}")

    def place(self, name: str) -> str:
        """Where to store: the URL names a folder (1.6 §6.25), or else the file itself."""
        path = self.path
        if self._address.is_folder:
            return f"{path}{name}"
        try:
            self.client.cwd(path)
        except ftplib.error_perm:
            return path
        return name
