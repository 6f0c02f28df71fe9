"""The bench CSMS as a program: both ports, readable lines on standard output, a console on standard input."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from ssl import SSLContext

from simulators.csms.console import Console
from simulators.csms.http_api import Api
from simulators.csms.server import Csms
from simulators.csms.stdin import typed_lines
from simulators.http_server import HttpServer

Address = tuple[str, int]

MAX_COMMANDS = 100
"""Lines of the console that are being carried out; further ones are not taken."""
_RED, _CYAN, _PLAIN = "\033[31m", "\033[36m", "\033[0m"
_COLOURS = {" ✗ ": _RED, " ● ": _CYAN, " ○ ": _CYAN}


class CannotListen(Exception):
    """An address cannot be had. Message: option, address, why, what to do."""


class Printer:
    """Prints lines, in colour on a terminal; when nobody reads them any more, it asks to leave."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def say(self, line: str) -> None:
        """Print one line at once."""
        colour = next((colour for mark, colour in _COLOURS.items() if mark in line), None) if self._coloured else None
        try:
            print(line if colour is None else f"{colour}{line}{_PLAIN}", flush=True)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._leave()


async def serve(
    listen: Address, control: Address, versions: Sequence[str], password: str | None, tls: SSLContext | None = None, *, console: bool
) -> None:
    """Serve until SIGINT, SIGTERM or ``quit``. ``console``: take commands also when standard input is no terminal. Raises CannotListen."""
    leave = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    printer = Printer(leave.set)
    csms = Csms(versions=versions, password=password, tls=tls, on_line=printer.say)
    api = HttpServer(Api(csms).application())
    try:
        await _open(csms.start, listen, "--listen")
        await _open(api.start, control, "--control")
        printer.say(f"stations  {csms.url}/<identity>  OCPP {', '.join(versions)}")
        printer.say(f"control   {api.url}/v1")
        if console or _at_terminal():
            await _with_console(Console(csms, printer.say, leave.set), leave)
        else:
            await leave.wait()
    finally:
        await api.stop()
        await csms.stop()


async def _open(start: Callable[[str, int], Awaitable[None]], address: Address, option: str) -> None:
    try:
        await start(*address)
    except OSError as error:
        host, port = address
        reason = error.strerror or str(error)
        raise CannotListen(f"{option} {host}:{port}: {reason}; stop what listens there, or choose another address") from error


def _at_terminal() -> bool:
    """Is standard input a terminal that this program may read (it may not in the background)?"""
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


async def _with_console(console: Console, leave: asyncio.Event) -> None:
    console.say("help lists the commands")
    reader = asyncio.get_running_loop().create_task(_read(console))
    try:
        await leave.wait()
    finally:
        reader.cancel()


async def _read(console: Console) -> None:
    """Carry out what is typed. Each line is a task of its own: an answer may take its time, and the next line need not wait for it."""
    running: set[asyncio.Task[None]] = set()
    async for line in typed_lines(sys.stdin.fileno()):
        if len(running) >= MAX_COMMANDS:
            console.say(f"  {line!r}: {MAX_COMMANDS} commands wait for their answers already")
            continue
        task = asyncio.get_running_loop().create_task(console.run(line))
        running.add(task)
        task.add_done_callback(running.discard)
    if sys.stdin.isatty():
        console.leave()
