"""What ends a verb with a message instead of a result."""


class CliError(Exception):
    """Work failed for a reason that the message names. ``status`` is the exit status: 1 failed at work, 2 wrong usage or configuration."""

    status = 1


class WrongUse(CliError):
    """The command line does not fit together, or names what there is not. The message says what was expected, or what there is."""

    status = 2


class ConfigurationError(CliError):
    """The configuration is wrong: every error found, each with its entry, the value seen and what is allowed."""

    status = 2

    def __init__(self, errors: tuple[str, ...], source: str = "configuration") -> None:
        counted = "; the first of a list is [0]" if any("]." in error for error in errors) else ""
        heading = f"{source}: {len(errors)} error{'s' if len(errors) > 1 else ''}{counted}"
        super().__init__("\n  ".join((heading, *errors)))
        self.errors = errors
