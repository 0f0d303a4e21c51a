"""Options that mean the same for several commands, and the folder of the account they are for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from cockpit.settings import Settings

Market = Annotated[str, Parameter(help="Its name, a beginning of it, its condition id or an asset id.")]
LegName = Annotated[str | None, Parameter(help="The outcome by its own name, or yes or no; Yes where there is one.")]
SideName = Annotated[str, Parameter(help="buy or sell.")]
Limit = Annotated[str, Parameter(help="Price in USD that is never gone beyond.")]
Life = Annotated[str, Parameter(help="How long it is worked, like 90s, 10m, 1h30m, 2d.")]
DryRun = Annotated[bool, Parameter(help="Only say what it would do now, by the desk's own checks.", negative="")]
AsJson = Annotated[bool, Parameter(name="--json", help="One JSON object.", negative="")]
Id = Annotated[str, Parameter(name="ID", help="P-0001, E-0001, an order's label like c-0003, or how its id begins.")]
TYPES = ("gtd", "gtc", "fak", "fok")
ALGORITHMS = ("twap", "vwap", "iceberg", "random")
STYLES = ("take", "rest", "top")
ENDS = ("cross", "leave", "cancel")
KINDS = ("maker-maker", "maker-taker", "taker-taker")


def folder_of(settings: Settings) -> Path:
    """Return the account's folder."""
    from cockpit.place import practice_folder

    return practice_folder(settings)


def lenient_folder(seed: int | None) -> Path:
    """Return the account's folder whatever else is set wrong: that must not keep anybody from cancelling."""
    from cockpit.settings_sources import load_place

    settings, problem = load_place(seed)
    if problem:
        sys.stderr.write(f"cockpit: {problem}; only the folder and the seed are needed here\n")
    return folder_of(settings)
