"""The ledger as it is typed: `cockpit export --csv FILE`, see docs/ledger.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from cockpit.cli_common import Seed
from cockpit.core.errors import FailedError, UsageError
from cockpit.ordering.options import AsJson, lenient_folder

if TYPE_CHECKING:
    from cockpit.core import events as ev
    from cockpit.core.ledger import Row
    from cockpit.core.ledger_check import Holdings

STDOUT = "-"
Book = Callable[[Iterable["ev.Event"]], list["Row"]]
"""What makes rows of facts."""


def export(
    *,
    csv: Annotated[
        str,
        Parameter(
            name="--csv", help="The file to write, which is replaced; - for standard output.", allow_leading_hyphen=True
        ),
    ],
    seed: Seed = None,
    json_: Annotated[AsJson, Parameter(help="The check as one JSON object.")] = False,
) -> int:
    """Write the ledger: a row for everything that moved money or shares, and the check that they sum to the account."""
    from cockpit.core.ledger import rows_of

    return write_ledger(lenient_folder(seed), csv, rows_of, is_json=json_)


def write_ledger(folder: Path, target: str, book: Book, *, is_json: bool) -> int:
    """Write the ledger of an account and print its check; return the exit code. Raises: UsageError, FailedError."""
    from cockpit.core.ledger_check import check
    from cockpit.ledger_text import table, to_json

    path = _path_of(target, folder)
    facts, venue, unknown = _read(folder)
    rows = book(facts)
    _write(rows, path)
    found = check(facts, rows, venue)
    text = json.dumps(to_json(found, unknown)) + "\n" if is_json else table(found, unknown)
    (sys.stderr if path is None else sys.stdout).write(text)
    return 0 if found.is_ok else 1


def _path_of(target: str, folder: Path) -> Path | None:
    """Return the file to write; None for standard output. Raises: UsageError."""
    if target == STDOUT:
        return None
    if not target.strip() or "\0" in target or target.startswith("-"):
        raise UsageError(f"--csv {target[:40]!r}: give a file (./-x for -x), or - for standard output")
    path = Path(target)
    try:
        is_inside = path.resolve().parent == folder.resolve()
    except (OSError, RuntimeError):  # links that lead nowhere: who opens it will say so
        is_inside = False
    if is_inside:
        raise UsageError(f"--csv {target}: that folder holds the account itself; give a file elsewhere")
    return path


def _read(folder: Path) -> tuple[list[ev.Event], Holdings | None, str]:
    """Return the facts, and what the venue holds or why that is not known. Raises: FailedError.

    The folder is kept meanwhile where no desk works in it: one that began between the two would change the second.
    """
    from cockpit.core.ledger_check import Holdings
    from cockpit.place import EXCHANGE, JOURNAL, holder, take
    from cockpit.storage.facts import read_facts
    from cockpit.venues.practice.balances import read_balances

    journal = folder / JOURNAL
    if not journal.exists():
        return read_facts(journal), None, ""
    try:
        place = take(folder, "export")
    except FailedError as error:
        return read_facts(journal), None, str(error)
    if place is None:
        return read_facts(journal), None, f"a desk works there, {holder(folder).words}"
    try:
        facts, balances = read_facts(journal), read_balances(folder / EXCHANGE)
    finally:
        place.release()
    if balances is None:
        return facts, None, "there is no exchange in the folder"
    return facts, Holdings(balances.cash, balances.shares), ""


def _write(rows: list[Row], path: Path | None) -> None:
    from cockpit.ledger_text import write_csv

    if path is None:
        write_csv(rows, sys.stdout)
        sys.stdout.flush()
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            write_csv(rows, out)
    except OSError as error:
        raise FailedError(f"--csv {path} cannot be written: {error.strerror}") from None
