"""Where this machine listens: what ``[web]`` and ``[firmware] publish`` may say."""

from argparse import ArgumentTypeError
from collections.abc import Iterator

from chargepoint.cli.addresses import address
from chargepoint.cli.schema import Problem, shown
from chargepoint.domain.configuration import Configuration


def addresses(configuration: Configuration) -> Iterator[Problem]:
    """Addresses, and two different ones."""
    web = configuration.web
    if web is None:
        return
    for path, value in (("web.listen", web.listen), ("web.driver_listen", web.driver_listen)):
        try:
            address("[::]:1" if value is None else value)
        except ArgumentTypeError:
            yield Problem(path, f'{shown(value)}: expected "host:port", such as "[::]:8443" for every address of this machine')
    if web.listen is not None and web.listen == web.driver_listen and not web.listen.endswith(":0"):
        text = f"{shown(web.driver_listen)}: web.listen has it already; drivers come by plain HTTP, so they need a port of their own"
        yield Problem("web.driver_listen", text, ("web.listen",))


def publishing(configuration: Configuration) -> Iterator[Problem]:
    """An address that others keep: its port is not another one at each start, and not that of the pages."""
    value, web = configuration.firmware.publish, configuration.web
    if value is None:
        return
    try:
        if address(value)[1] == 0:
            yield Problem("firmware.publish", f"{shown(value)}: expected a port that stays, 8090 say: other stations are told this address")
    except ArgumentTypeError:
        yield Problem("firmware.publish", f'{shown(value)}: expected "host:port", such as "192.168.1.10:8090", on the local network')
    for path, taken in (("web.listen", web and web.listen), ("web.driver_listen", web and web.driver_listen)):
        if value == taken:
            yield Problem("firmware.publish", f"{shown(value)}: {path} has it already; name another port", (path,))
