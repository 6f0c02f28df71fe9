"""What the client keeps of its attempts to connect."""

import asyncio

from chargepoint.ocpp.backoff import BackOffRule
from tests.ocpp.rig import FakeCsms, until
from tests.ocpp.test_client import NEVER, running


def test_attempts_that_fail_are_counted_until_one_stands_and_the_newest_is_kept() -> None:
    async def main() -> None:
        csms = FakeCsms()
        csms.http_status = 401
        async with csms.listening(), running(csms.url.replace("ws://", "ws://user:hidden@"), reconnect=lambda: SOON) as rig:
            await until(lambda: rig.client.line.failed == 2)
            line = rig.client.line
            assert line.failure is not None
            assert (line.failure.code, line.since_s) == ("CP-732", None)
            assert "401" in line.failure.seen
            assert "hidden" not in line.url
            csms.http_status = None
            await rig.connected()
            line = rig.client.line
            assert (line.failed, line.again_s, line.url) == (0, None, csms.url + "/cp%201")
            assert line.since_s is not None
            assert line.failure is not None
            await csms.connections[-1].close(1001, "restart")
            await until(lambda: rig.client.line.ended)
            assert rig.client.line.ended == "closed by the CSMS with 1001 restart"

    asyncio.run(main())


def test_it_says_when_it_tries_again_and_that_the_network_is_gone() -> None:
    async def main() -> None:
        csms = FakeCsms()
        csms.subprotocol = lambda offered: None
        async with csms.listening(), running(csms.url, with_uplink=True, reconnect=lambda: NEVER) as rig:
            rig.uplink.put_nowait(True)
            await until(lambda: rig.client.line.again_s)
            line, now_s = rig.client.line, asyncio.get_running_loop().time()
            assert line.failure is not None
            assert (line.failure.code, line.since_s) == ("CP-741", None)
            assert 900 < (line.again_s or 0) - now_s <= 1000
            rig.uplink.put_nowait(False)
            await until(lambda: not rig.client.line.network)

    asyncio.run(main())


SOON = BackOffRule(0.02, 0.0, 0)
