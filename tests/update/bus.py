"""A D-Bus of a test's own, and services on it that run in threads."""

import contextlib
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

POLICY = """<busconfig><listen>unix:path={socket}</listen><auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*"/><allow send_type="signal"/><allow receive_type="signal"/><allow eavesdrop="false"/></policy></busconfig>"""


class Daemon:
    """A dbus-daemon that is started as often as the machine is."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("dbus-daemon") is None:
            pytest.skip("needs dbus-daemon: Debian's package dbus")
        self._configuration = folder / "bus.conf"
        self._socket = folder / "bus"
        self._configuration.write_text(POLICY.format(socket=self._socket))
        self.address = f"unix:path={self._socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._socket.unlink(missing_ok=True)
        command = ["dbus-daemon", f"--config-file={self._configuration}", "--nofork", "--nopidfile", "--print-address"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "dbus-daemon has not come up"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class Refused(Exception):
    """A method answers with an error of D-Bus: its name, and what it says."""


class Service:
    """An object at ``path`` of a bus. Methods are answered by ``do_NAME``, which return (signature, body)."""

    name: str
    path: str
    interface: str

    def __init__(self, address: str) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.connection = open_dbus_connection(address)
        assert Proxy(message_bus, self.connection).RequestName(self.name) == (1,)
        self._ends = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._ends = True
        self._thread.join()
        self.connection.close()

    def _serve(self) -> None:
        from jeepney import MessageType

        while not self._ends:
            try:
                message = self.connection.receive(timeout=0.02)
            except TimeoutError:
                self.idle()
                continue
            except OSError:
                return
            if message.header.message_type is MessageType.method_call:
                with contextlib.suppress(OSError):
                    self._answer(message)

    def _answer(self, message: Any) -> None:
        from jeepney import HeaderFields, new_error, new_method_return

        member = message.header.fields[HeaderFields.member]
        method = getattr(self, f"do_{member}", None)
        try:
            if method is None:
                raise Refused("org.freedesktop.DBus.Error.UnknownMethod", f"no method {member}")
            signature, body = method(*message.body)
            self.connection.send(new_method_return(message, signature, body))
        except Refused as refused:
            name, text = refused.args
            self.connection.send(new_error(message, name, "s", (text,)))
        self.after(member)

    def idle(self) -> None:
        """Nobody has asked anything for a moment."""

    def after(self, member: str) -> None:
        """An answer has been sent."""


class Logind(Service):
    """Restarts the machine; so the bus goes away."""

    name, path, interface = "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"

    def __init__(self, address: str, daemon: Daemon) -> None:
        self.restarting = False
        self._daemon = daemon
        super().__init__(address)

    def do_Reboot(self, interactive: bool) -> tuple[str | None, tuple[Any, ...]]:  # noqa: N802
        assert interactive is False
        self.restarting = True
        return None, ()

    def after(self, member: str) -> None:
        if member == "Reboot":
            self._daemon.stop()
