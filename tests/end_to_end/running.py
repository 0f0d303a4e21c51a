"""A running desk on the account that `tests.emergency.accounts` makes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.processes import Desk

HALTED = 5
SEED = ("--seed", "7")


@contextmanager
def desk_on(folder: Path, *arguments: str, **extra: str) -> Iterator[Desk]:
    """Have a desk that has looked at its pairs; killed at the end, unless it has ended."""
    desk = Desk(folder, *SEED, *arguments, **extra)
    try:
        desk.wait_for("PairWeighed")
        yield desk
    finally:
        desk.end(signal.SIGKILL)
