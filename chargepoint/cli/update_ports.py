"""The updater, for the pages."""

from pathlib import Path

from chargepoint.cli.errors import CliError
from chargepoint.cli.paths import updater
from chargepoint.cli.update import fetch
from chargepoint.cli.updating import noted
from chargepoint.cli.versions import SBOM
from chargepoint.update.client import UpdaterError, inquire
from chargepoint.update.messages import Offered, Question, See, State
from chargepoint.web.updates import NoUpdater, UpdatePorts


def update_ports(state_dir: Path) -> UpdatePorts:
    """Of the station with this state directory. Raises CliError."""
    path = updater(state_dir)

    async def see() -> State:
        try:
            return await inquire(path, State, See())
        except UpdaterError as error:
            raise NoUpdater(str(error)) from error

    async def say(question: Question, file: int | None) -> Offered:
        try:
            return await inquire(path, Offered, question, file)
        except UpdaterError as error:
            raise NoUpdater(str(error)) from error

    return UpdatePorts(see=see, say=say, fetch=_fetch, ended=noted, sbom=SBOM)


async def _fetch(url: str, path: Path) -> str:
    try:
        await fetch(url, path)
    except CliError as error:
        return str(error)
    return ""
