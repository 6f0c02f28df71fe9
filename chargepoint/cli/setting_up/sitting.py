"""Everything that one sitting has. Every answer is on the disk before the next is asked for."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

from chargepoint.cli import applying
from chargepoint.cli import configuration as configurations
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.options import part_of
from chargepoint.cli.paths import inquiry
from chargepoint.cli.setting_up.screen import Screen
from chargepoint.inquiry.trial import Device
from chargepoint.pki import files
from chargepoint.web.wizard import candidate, existing, steps, toml
from chargepoint.web.wizard.draft import Answers, Draft
from chargepoint.web.wizard.ports import Checked, Tree, WizardPorts
from chargepoint.web.wizard.steps import Place

PART, FILE, OF_PAGES = "web", "setup.json", "web/draft.json"
"""Among what is the pages': their factory reset takes it along, as a password may be in it."""


class Kept(Struct, frozen=True):
    """What survives: whole steps, and what was typed of those that are not finished."""

    draft: Draft = field(default_factory=Draft)
    typed: Mapping[str, Answers] = field(default_factory=dict)
    mark: str = ""
    """Of the configuration that there was: answers to another one count no more."""


class Sitting:
    """``screen``: ``None``: nobody sits there. Raises CliError where the state directory cannot be written."""

    def __init__(self, config: Path, state_dir: Path, ports: WizardPorts, screen: Screen | None) -> None:
        self.config = config
        self.state_dir = state_dir
        self.ports = ports
        self._screen = screen
        self._path = part_of(state_dir, PART) / FILE
        self.before: Tree = _before(config)
        """The configuration that there is; empty: none, or none that can be read."""
        self.taken_up = False
        """Are there answers of an earlier sitting, or of the pages?"""
        self.kept = self._begin()
        self.at_first = existing.draft_of(self.before) if self.before else Draft()
        self.found: tuple[Device, ...] | None = None
        """When somebody last looked for what is connected."""
        self.place = applying.Place(config, inquiry(state_dir))
        self.running = asyncio.run(applying.processes(self.place)) is not None
        """A station answers: control has the hardware."""

    @property
    def screen(self) -> Screen:
        """To be asked only where somebody sits."""
        assert self._screen is not None
        return self._screen

    def _begin(self) -> Kept:
        mark = hashlib.sha256(repr(self.before).encode()).hexdigest()[:16] if self.before else ""
        if self._screen is not None:
            with suppress(OSError, msgspec.MsgspecError):
                kept = msgspec.json.decode(self._path.read_bytes(), type=Kept)
                if kept.mark == mark:
                    self.taken_up = True
                    return kept
            if not self.before:
                with suppress(OSError, msgspec.MsgspecError):
                    draft = msgspec.json.decode((self.state_dir / OF_PAGES).read_bytes(), type=Draft)
                    self.taken_up = True
                    return Kept(draft)
        return Kept(existing.draft_of(self.before), mark=mark) if self.before else Kept()

    @property
    def draft(self) -> Draft:
        """The answers so far."""
        return self.kept.draft

    def keep(self, draft: Draft, typed: Mapping[str, Answers] | None = None) -> None:
        """On the disk, where somebody sits. Raises CliError."""
        self.kept = Kept(draft, self.kept.typed if typed is None else typed, self.kept.mark)
        if self._screen is None:
            return
        try:
            files.replace(self._path, msgspec.json.format(msgspec.json.encode(self.kept)), files.PRIVATE)
        except OSError as error:
            raise CliError(f"setup: {self._path}: {error.strerror}; free some of the disk, or run it as root") from error

    def type(self, place: Place, answers: Answers) -> None:
        """So far, of a step."""
        self.keep(self.draft, {**self.kept.typed, place.key: dict(answers)})

    def answer(self, place: Place, answers: Answers) -> None:
        """A whole step."""
        typed = {key: each for key, each in self.kept.typed.items() if key != place.key}
        self.keep(self.draft.answered(place.key, answers), typed)

    def forget(self) -> None:
        """It has become a configuration. Passwords go with it."""
        files.remove(self._path)
        with suppress(OSError):
            files.remove(self.state_dir / OF_PAGES)

    # What it means

    def tree(self, draft: Draft | None = None) -> Tree:
        """The whole configuration."""
        draft = self.draft if draft is None else draft
        wanted = candidate.tree(draft, self.ports.drivers())
        return existing.over(self.before, draft, wanted) if self.before else wanted

    def checked(self, draft: Draft | None = None) -> Checked:
        """What check-config says of it."""
        return self.ports.check(self.tree(draft))

    def text(self, *, masked: bool = False) -> str:
        """The file."""
        tree = self.tree()
        if self.config.suffix == ".json" and not masked:
            return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
        return toml.text(tree, candidate.remarks(self.draft), masked=masked)

    def errors(self, place: Place, draft: Draft | None = None) -> tuple[str, ...]:
        """Those that a step has to mend."""
        return steps.errors_of(place, self.checked(draft).errors)

    def changed(self, place: Place) -> bool:
        """Is it, or what its trial rests on, answered otherwise than in the configuration that there is?"""
        return self.draft.mark(place.key) != self.at_first.mark(place.key)

    def tries(self, place: Place) -> bool:
        """Is it worth trying, and can it be?"""
        return steps.tries(self.draft, place) and self.changed(place) and not (self.running and place.step.tries is not None)

    def done(self, place: Place) -> bool:
        """Answered, right, and tried or passed over."""
        settled = self.draft.has(place.key) and place.key not in self.kept.typed
        return settled and (not self.tries(place) or self.draft.trial(place.key) is not None)


def _before(config: Path) -> Tree:
    if not config.exists():
        return {}
    try:
        tree = configurations.tree_of(config)
    except ConfigurationError as error:
        raise CliError(f"setup: {config}: {'; '.join(error.errors)}; mend it, or move it away to begin anew") from error
    return tree if isinstance(tree, dict) else {}
