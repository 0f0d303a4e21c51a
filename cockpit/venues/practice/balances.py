"""What the practice exchange's file says the account holds, without opening an exchange."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from cockpit.core.errors import FailedError
from cockpit.venues.base import Balances


def read_balances(path: Path) -> Balances | None:
    """Return cash and shares as they were written last; None where no exchange was set up. Nothing is written.

    Raises: FailedError.
    """
    if not path.is_file():
        return None
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'shares'").fetchone():
                return None
            cash = connection.execute("SELECT value FROM numbers WHERE name = 'cash'").fetchone()
            shares = dict(connection.execute("SELECT token, shares FROM shares").fetchall())
    except sqlite3.Error as error:
        raise FailedError(f"the practice venue cannot read {path}: {error}") from None
    return Balances(int(cash[0]), shares) if cash else None
