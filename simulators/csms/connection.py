"""One station's WebSocket: reads frames, sends answers as they are wanted, and our own CALLs one at a time."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from simulators.csms.book import Conversation
from simulators.csms.court import Court, Reply
from simulators.csms.errors import Busy, CallRefused, CsmsError, NoAnswer, NotConnected
from simulators.csms.frames import Answer, Call, Failure, Payload, Result, Unreadable, write

MAX_UNANSWERED = 1000
"""CALLs of the station that wait for their answer; one more and the connection is closed with 1008."""
MAX_WAITING = 100
"""Our CALLs that wait for their turn."""
FOLLOW_UP_S = 30.0
OVERSIZE = 1024 * 1024 + 1024


class Connection:
    """A connection from its handshake to its end."""

    def __init__(self, socket: ServerConnection, court: Court, conversation: Conversation, clock: Callable[[], datetime]) -> None:
        self._socket = socket
        self._court = court
        self._conversation = conversation
        self._clock = clock
        self._answers: set[asyncio.Task[None]] = set()
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def serve(self) -> str:
        """Hear the station until the connection is gone; returns why."""
        try:
            for reply in self._court.overdue(self._conversation):
                await self._send_answer(reply)
            async for data in self._socket:
                self._hear(data)
                if len(self._answers) > MAX_UNANSWERED:
                    await self._socket.close(1008, f"more than {MAX_UNANSWERED} CALLs without an answer")
        except ConnectionClosed:
            pass
        finally:
            self._forget()
        return self._ending()

    async def call(self, action: str, payload: Payload, timeout_s: float) -> Payload:
        """Send a CALL when its turn comes and wait for the answer.

        Raises CallRefused, NoAnswer, NotConnected, or Busy when too many wait already.
        """
        if self._waiting >= MAX_WAITING:
            raise Busy(f"{self._station}: {MAX_WAITING} CALLs wait already; try again when they are answered")
        self._waiting += 1
        try:
            async with self._turn:
                answer = await self._ask(Call(str(uuid4()), action, payload), timeout_s)
        finally:
            self._waiting -= 1
        if isinstance(answer, Failure):
            raise CallRefused(answer.code, answer.description)
        return answer.payload

    def drop(self) -> None:
        """Cut the TCP connection, without a close frame."""
        self._socket.transport.abort()

    async def close(self, code: int, reason: str) -> None:
        """Close it in good order; does not wait long for a station that does not."""
        await self._socket.close(code, reason)

    async def oversize(self) -> None:
        """Send a DataTransfer that is above 1 MiB. Nobody waits for its answer: the station should close with 1009."""
        call = Call(str(uuid4()), "DataTransfer", {"vendorId": "bench", "data": "x" * OVERSIZE})
        self._court.asks(self._conversation, call, self._clock())
        await self._send(write(call))

    @property
    def _station(self) -> str:
        return self._conversation.station.id

    def _hear(self, data: str | bytes) -> None:
        frame, reply = self._court.hear(self._conversation, data, self._clock())
        if reply is not None:
            # A task of its own, so that frames which came together have all been heard before the first is answered.
            task = asyncio.get_running_loop().create_task(self._answer(reply))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)
        if isinstance(frame, Result | Failure):
            waiting = self._asked.pop(frame.id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
        elif isinstance(frame, Unreadable) and frame.id in self._asked:
            self._asked.pop(frame.id).set_result(Failure(frame.id, "Unreadable", frame.reason))

    async def _answer(self, reply: Reply) -> None:
        if reply.manner.silent:
            self._court.withheld(self._conversation, reply, self._clock())
            return
        if reply.manner.held:
            self._court.hold(self._conversation, reply, self._clock())
            return
        if reply.manner.delay_s > 0:
            await asyncio.sleep(reply.manner.delay_s)
        for _ in range(reply.manner.copies):
            await self._send_answer(reply)
        if reply.manner.hang_up:
            self.drop()
        if reply.then is not None:
            with contextlib.suppress(CsmsError):  # how it went is in the messages
                await self.call(reply.then.action, reply.then.payload, FOLLOW_UP_S)

    async def _send_answer(self, reply: Reply) -> None:
        text = _as_wanted(reply)
        self._court.answered(self._conversation, reply, text, self._clock())
        await self._send(text)

    async def _ask(self, call: Call, timeout_s: float) -> Answer:
        waiting = asyncio.get_running_loop().create_future()
        self._asked[call.id] = waiting
        try:
            async with asyncio.timeout(timeout_s):
                if self._socket.close_code is not None or not await self._send_call(call):
                    raise NotConnected(f"{self._station}: the connection was lost before {call.action} was sent")
                answer: Answer = await waiting
                return answer
        except TimeoutError:
            raise NoAnswer(f"{self._station}: no answer to {call.action} within {timeout_s:g} s") from None
        finally:
            self._asked.pop(call.id, None)

    async def _send_call(self, call: Call) -> bool:
        self._court.asks(self._conversation, call, self._clock())
        return await self._send(write(call))

    async def _send(self, text: str) -> bool:
        try:
            await self._socket.send(text)
        except ConnectionClosed:
            return False
        return True

    def _forget(self) -> None:
        for task in self._answers:
            task.cancel()
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(NotConnected(f"{self._station}: the connection was lost before the answer"))

    def _ending(self) -> str:
        code, reason = self._socket.close_code, self._socket.close_reason
        return "without a close frame" if code in (None, 1006) else f"{code} {reason}".strip()


def _as_wanted(reply: Reply) -> str:
    """The text of the answer, damaged if that is wanted."""
    match reply.manner.malformed:
        case "schema":
            return write(Result(reply.answer.id, {"nonsense": True}))
        case "json":
            return write(reply.answer)[:-2]
        case _:
            return write(reply.answer)
