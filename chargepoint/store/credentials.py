"""Credentials that are being tried, and what the configuration file said when it was last read.

A change of the CSMS stands here until it has worked or has not; what is in force stays where it is. A power cut at any moment finds both.
"""

from chargepoint.store.database import Database


class Credentials:
    """Single values by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tried(self) -> dict[str, str]:
        """What is being tried, by name."""
        return dict(self._database.rows("SELECT name, value FROM trials"))

    def try_out(self, name: str, value: str) -> None:
        """From now on try it, inside a commit."""
        self._database.change("INSERT OR REPLACE INTO trials (name, value) VALUES (?, ?)", name, value)

    def settle(self) -> None:
        """Nothing is being tried any more."""
        self._database.change("DELETE FROM trials")

    def worked(self) -> str:
        """The certificate of ours with which we were connected last; empty: none yet."""
        row = self._database.row("SELECT value FROM facts WHERE name = 'identity'")
        return "" if row is None else str(row[0])

    def has_worked(self, name: str) -> None:
        """Remember it."""
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES ('identity', ?)", name)

    def spare(self) -> str:
        """The password that is not in force and may work all the same; empty: there is none."""
        row = self._database.row("SELECT value FROM facts WHERE name = 'spare_password'")
        return "" if row is None else str(row[0])

    def keep_spare(self, password: str) -> None:
        """Keep this one instead, inside a commit."""
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES ('spare_password', ?)", password)

    def file_said(self, name: str) -> str | None:
        """The mark of what the configuration file said last; ``None``: it was never read."""
        row = self._database.row("SELECT mark FROM file_marks WHERE name = ?", name)
        return None if row is None else str(row[0])

    def file_says(self, name: str, mark: str) -> None:
        """Remember it."""
        self._database.change("INSERT OR REPLACE INTO file_marks (name, mark) VALUES (?, ?)", name, mark)

    def forget_change(self, name: str) -> None:
        """A variable that the CSMS has changed is again as the configuration file says."""
        self._database.change("DELETE FROM settings WHERE name = ?", name)
