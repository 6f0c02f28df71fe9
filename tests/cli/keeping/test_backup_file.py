"""The file of a backup: what was written is read, and nothing else is."""

from random import Random

import msgspec
import pytest

from chargepoint.cli.keeping.backup_file import Backup, read, written
from chargepoint.inquiry.keeping import Parts
from chargepoint.web.keeping import MOST_BYTES, BackupError

BACKUP = Backup(station="cp001", made="2026-11-23T04:00:00+00:00", release="0.1.0", configuration={"site": {"fuse_a": 16}}, parts=Parts())


def test_it_is_read_as_it_was_written() -> None:
    assert msgspec.structs.replace(read(written(BACKUP)), digest="") == BACKUP


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"x" * (MOST_BYTES + 1), "more than"),
        (b'{"format": "other", "version": 1}', "another kind"),
        (written(BACKUP).replace(b'"version": 1', b'"version": 2'), "version 2"),
        (written(BACKUP).replace(b"cp001", b"cp002"), "digest"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, said: str) -> None:
    with pytest.raises(BackupError, match=said):
        read(data)


def test_a_file_that_was_cut_off_or_changed_anywhere_is_refused() -> None:
    data, dice = written(BACKUP), Random(7)
    for _ in range(500):
        at = dice.randrange(len(data))
        wrong = data[:at] if dice.random() < 0.5 else data[:at] + bytes((dice.randrange(256),)) + data[at + 1 :]
        try:
            found = read(wrong)
        except BackupError:
            continue
        assert msgspec.structs.replace(found, digest="") == BACKUP, "only space was changed"
