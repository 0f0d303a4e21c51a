"""`cockpit report`: how an account has traded, read beside its desk or without one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cockpit.cli_common import Seed, settings_of
from cockpit.core.errors import FailedError, UsageError


def report(
    folder: Annotated[
        Path | None, Parameter(help="The account's folder; without one that of the practice market.")
    ] = None,
    *,
    seed: Seed = None,
    html: Annotated[Path | None, Parameter(help="Write one HTML file with charts; it needs no network.")] = None,
    sqlite: Annotated[Path | None, Parameter(help="Write the tables for SQL into this file.")] = None,
    json_: Annotated[bool, Parameter(name="--json", help="One JSON object.", negative="")] = False,
) -> int:
    """Report how an account has traded: results, success metrics, latencies, every trade. Changes nothing."""
    from cockpit.place import HISTORY, JOURNAL, practice_folder
    from cockpit.reporting.gather import gather

    if folder is not None and seed is not None:
        raise UsageError(f"--seed {seed} chooses a folder, and {folder} is one: give one of them")
    settings = settings_of(cockpit_seed=seed)
    if folder is not None and not folder.is_dir():
        raise UsageError(f"{folder} is no folder: give that of an account, like {practice_folder(settings)}")
    for path in (html, sqlite):
        if path is not None and (path.is_dir() or not path.parent.is_dir()):
            problem = "is a folder" if path.is_dir() else f"cannot be there: {path.parent} is no folder"
            raise UsageError(f"{path} {problem}; give the name of a file")
    where = folder or practice_folder(settings)
    found = gather(where / JOURNAL, where / HISTORY, settings.desk_rules().rebalance.threshold)
    if html is not None:
        from cockpit.reporting.html import to_html

        _write(html, to_html(found))
    if sqlite is not None:
        from cockpit.storage.telemetry_tables import write_tables

        write_tables(sqlite, found.trades, found.events)
    written = [path for path in (html, sqlite) if path is not None]
    if json_ or not written:
        from cockpit.reporting.text import to_json, to_text

        sys.stdout.write(to_json(found) if json_ else to_text(found))
    else:
        sys.stdout.write("".join(f"{path} written: {len(found.trades)} trades\n" for path in written))
    return 0


def _write(path: Path, text: str) -> None:
    """Write a new file, or in the place of an older report; never over anything else."""
    start = text[: text.index(">") + 1].encode()
    try:
        if path.exists() and path.read_bytes()[: len(start)] != start:
            raise FailedError(f"{path} is there already and is no report: give another name")
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FailedError(f"{path} cannot be written: {error.strerror}") from None
