"""What has become of an update of the software, for the history: told by the ways in that saw it."""

from typing import Literal

from msgspec import Struct

LONGEST_TEXT = 500
"""Of what is told; a question has room for so much."""
UpdateEnd = Literal["installed", "refused", "failed", "taken-back", "cancelled"]


class NoteUpdate(Struct, frozen=True, kw_only=True, tag_field="ask", tag="note-update"):
    """An update was refused, or has ended. Whoever sees it tells it, and the history has a line of it once. Of an end that the updater
    knows its own word counts."""

    end: UpdateEnd
    version: str = ""
    """Of the update, as far as it is known."""
    before: str = ""
    """What it was to replace."""
    code: str = ""
    """Of the catalogue."""
    text: str = ""
    """Why, for people; ``LONGEST_TEXT`` characters at most."""
    by: str = ""
    """Who offered it."""
    from_csms: bool = False
    """Then the CSMS is told of it in its own words."""
    key: str = ""
    """The same for everybody who tells of the same end; empty: told once only."""


class UpdateNoted(Struct, frozen=True, tag=True):
    """It is in the history, or was."""
