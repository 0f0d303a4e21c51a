"""What the commands share: settings from what was typed, and options that mean the same everywhere."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from cockpit.core.errors import UsageError

if TYPE_CHECKING:
    from cockpit.settings import Settings

HALTED = 5
"""Exit code: halted, or orders not proven zero."""


def _whole_number(_type: Any, tokens: Sequence[Any]) -> int:
    """Return a seed that was typed: a whole number, for a fraction would be that of another account."""
    text = str(tokens[0].value)
    if not re.fullmatch(r"-?\d{1,19}", text, re.ASCII):
        raise UsageError(f"--seed {text[:40]}: give a whole number, 0 or more")
    return int(text)


Seed = Annotated[
    int | None,
    Parameter(help="Seed of the practice market: the same seed is the same market.", converter=_whole_number),
]


def settings_of(**typed: Any) -> Settings:
    """Return the settings, what was typed above all others; warns of near misses. Raises: UsageError."""
    from cockpit.settings_sources import load, near_misses

    settings = load(**{key: value for key, value in typed.items() if value is not None})
    for warning in near_misses():
        sys.stderr.write(f"cockpit: {warning}\n")
    return settings


def drop_output() -> None:
    """Send what is still buffered nowhere: the interpreter would complain about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def decimal_of(value: float | None) -> Decimal | None:
    """Return a typed number as the decimal its digits mean."""
    return None if value is None else Decimal(str(value))
