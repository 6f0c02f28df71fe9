"""The owner of the pages: the first account, by whoever may write to this station's files."""

from datetime import UTC, datetime

from chargepoint.cli.errors import CliError
from chargepoint.cli.options import part_of
from chargepoint.cli.password import note
from chargepoint.cli.setting_up.screen import Back
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.cli.web import PART
from chargepoint.web import easy, passwords, setup_code
from chargepoint.web.accounts import AccountError, Accounts

NAME = "owner"
TITLE = "Owner of the pages"
WHY = "At least 12 characters: some words that have nothing to do with each other are easy to type. It is not shown while you type."


def ask(sitting: Sitting) -> None:
    """Once, where there is no account yet. Raises CliError, Leave."""
    if there(sitting):
        return
    screen = sitting.screen
    screen.heading(TITLE, "First")
    screen.say("Who may do everything at this station's pages. The password is kept at once, whatever becomes of the rest.", indent=2)
    while True:
        try:
            name = screen.text("Name", default=NAME, help="Small letters a to z, digits, dots, dashes.").lower()
            password = screen.secret(f"Password of {name}", help=WHY)
            wrong = objection(sitting, name, password)
            if not wrong and screen.secret("The same once more") != password:
                wrong = "the two are not the same; type them once more"
            wrong = wrong or make(sitting, name, password)
        except Back:
            continue
        if not wrong:
            screen.say(f"{name} is the owner. Keep the password: nobody can tell it to you again.", "bold green", 2)
            return
        screen.problem(wrong)


def there(sitting: Sitting) -> bool:
    """Is there an account already? Raises CliError."""
    try:
        return bool(Accounts(part_of(sitting.state_dir, PART)).all())
    except AccountError as error:
        raise CliError(f"setup: {error}") from error


def objection(sitting: Sitting, name: str, password: str) -> str:
    """Why it will not do; empty: it will."""
    station = sitting.draft.of("station")
    about = (*(station[each] for each in ("id", "vendor", "model", "serial") if station.get(each)), name)
    return easy.objection(password, about) or ""


def make(sitting: Sitting, name: str, password: str) -> str:
    """The account. Why not; empty: it is there. Raises CliError."""
    folder = part_of(sitting.state_dir, PART)
    try:
        account = Accounts(folder).first(name, passwords.hashed(password), datetime.now(UTC))
        setup_code.forget(folder)
    except AccountError as error:
        return str(error)
    except OSError as error:
        raise CliError(f"setup: {error}; run it as a user who may write to {folder}") from error
    note(sitting.state_dir, folder, f"first account, by setup: {account.name}, {account.role}", quiet=True)
    return ""
