"""``chargepoint messages``: what the CSMS refused or ignored as often as allowed, and sending it again."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from chargepoint.cli import as_json
from chargepoint.cli.errors import WrongUse
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry.undelivered import ListMessages, Message, Messages, ResendMessages, Resent

HELP = """Messages about transactions and security events are sent until they are answered. One that the central system refused, or left
without an answer, as often as TransactionMessageAttempts allows, is put aside and kept. "list" shows those that are kept, "resend NUMBER"
or "resend all" sends them again, once what was wrong at the central system has been put right. They keep their message id where OCPP allows
it, and go out before everything that waits, in the order in which things happened. Exit status 0: done; 1: the station does not answer;
2: wrong usage, or no such number."""

COLUMNS = "{:>8}  {:<20}  {:>5}  {:<86}  {}"


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("action", nargs="?", choices=("list", "resend"), default="list", help="show them (default), or send them again")
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help='of "resend": numbers as "list" shows them, or "all"')
    as_json.add_json(parser)


def run(arguments: Namespace) -> int:
    """0; a CliError when there is no such number, or no station."""
    path = socket_of(arguments)
    answer: Messages | Resent
    if arguments.action == "list":
        if arguments.numbers:
            raise WrongUse(f"list {' '.join(arguments.numbers)}: list shows all of them; expected no number")
        answer = ask(path, Messages, ListMessages())
    else:
        answer = _resend(path, arguments.numbers)
    print(as_json.text(answer) if arguments.json else "\n".join(shown(answer)))
    return 0


def _resend(path: str, words: list[str]) -> Resent:
    answer = ask(path, Resent, ResendMessages(_numbers(words)))
    if answer.unknown:
        named = ", ".join(map(str, answer.unknown))
        raise WrongUse(f'resend: no message {named} is kept, so nothing is sent; "chargepoint messages list" shows those that are')
    return answer


def _numbers(words: list[str]) -> tuple[int, ...] | None:
    if words == ["all"]:
        return None
    if not words or not all(word.isascii() and word.isdecimal() and len(word) <= 18 for word in words):
        said = " ".join(words) or "nothing"
        raise WrongUse(f'resend {said}: expected "all", or numbers as "chargepoint messages list" shows them')
    return tuple(map(int, words))


def shown(answer: Messages | Resent) -> Iterator[str]:
    """For people."""
    if isinstance(answer, Resent):
        yield f"{_counted(answer.count)} sent again as soon as the central system is connected"
        return
    yield f"{_counted(answer.total)} kept, {answer.waiting} on their way"
    if answer.messages:
        yield COLUMNS.format("number", "given up", "tries", "what", "the central system said")
    yield from (COLUMNS.format(each.number, _time(each.given_up), each.attempts, _what(each), each.cause) for each in answer.messages)
    if answer.total > len(answer.messages):
        yield f"and {answer.total - len(answer.messages)} younger ones"


def _counted(number: int) -> str:
    return "1 message is" if number == 1 else f"{number} messages are"


def _what(message: Message) -> str:
    place = "" if message.evse is None else f" of EVSE {message.evse}, transaction {message.transaction}"
    return f"{message.kind}{place}, {_time(message.at)}"


def _time(at: object) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
