"""Theme files: `themes/*.toml` read into Textual themes. A wrong file is named with its key and left out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

DEFAULT = "harbour"
PALETTE = frozenset(
    {"primary", "secondary", "warning", "error", "success", "accent"}
    | {"foreground", "background", "surface", "panel", "boost"}
)
FALLBACKS: Mapping[str, str] = {
    "bid": "dodgerblue",
    "ask": "orange",
    "yes": "white",
    "no": "white",
    "gain": "dodgerblue",
    "loss": "orange",
    "alarm": "magenta",
    "stale": "gray",
    "own": "white",
    "dim": "gray",
    "rule": "gray",
    "cursor": "midnightblue",
}
"""Used where neither the theme nor its palette says anything."""
FROM_PALETTE: Mapping[str, str] = {
    "bid": "primary",
    "ask": "accent",
    "yes": "foreground",
    "no": "foreground",
    "gain": "primary",
    "loss": "accent",
    "alarm": "error",
    "stale": "foreground",
    "own": "foreground",
    "dim": "foreground",
    "rule": "foreground",
    "cursor": "surface",
}
STYLES: Mapping[str, str] = {
    "bid": "none",
    "ask": "none",
    "yes": "bold",
    "no": "none",
    "gain": "none",
    "loss": "none",
    "warning": "none",
    "alarm": "bold reverse",
    "stale": "none",
    "own": "bold",
    "cursor": "none",
}


class ThemeError(ValueError):
    """A theme file that cannot be used; the message names file and key."""


def package_folder() -> Path:
    """Return where the themes are: in the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def read_folder(folder: Path) -> tuple[list[Theme], list[str]]:
    """Return the themes in order of file name, the default first, and a sentence for each file that is wrong."""
    themes, problems = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            themes.append(read(path))
        except ThemeError as error:
            problems.append(str(error))
    themes.sort(key=lambda theme: (theme.name != DEFAULT, theme.name))
    return themes, problems


def read(path: Path) -> Theme:
    """Return the theme of one file. Raises: ThemeError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{path.name}: {error}") from None
    _only(path, table, {"name", "dark", "palette", "market", "style"}, "")
    name = table.get("name")
    if not isinstance(name, str) or not name.isprintable() or not name:
        raise ThemeError(f"{path.name}: name must be a text")
    dark = table.get("dark", True)
    if not isinstance(dark, bool):
        raise ThemeError(f"{path.name}: dark must be true or false")
    palette = _colours(path, table, "palette", PALETTE)
    if "primary" not in palette:
        raise ThemeError(f"{path.name}: palette.primary is missing")
    market = _colours(path, table, "market", FALLBACKS.keys())
    variables = {key: palette[source] for key, source in FROM_PALETTE.items() if source in palette} | market
    variables |= {f"{key}-style": value for key, value in _styles(path, table).items()}
    theme = Theme(name=name, primary=palette["primary"], dark=dark, variables=variables)
    return replace(theme, **palette)  # type: ignore[arg-type]


def defaults() -> dict[str, str]:
    """Return a value for every variable of ours: a theme without one must not stop the app."""
    return dict(FALLBACKS) | {f"{key}-style": value for key, value in STYLES.items()}


def _only(path: Path, table: Mapping[str, Any], known: Any, prefix: str) -> None:
    for key in table:
        if key not in known:
            raise ThemeError(f"{path.name}: {prefix}{key} is not a key of a theme")


def _table(path: Path, table: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    values = table.get(section, {})
    if not isinstance(values, dict):
        raise ThemeError(f"{path.name}: {section} must be a table")
    return values


def _colours(path: Path, table: Mapping[str, Any], section: str, known: Any) -> dict[str, str]:
    values = _table(path, table, section)
    _only(path, values, known, f"{section}.")
    for key, value in values.items():
        try:
            Color.parse(value if isinstance(value, str) else "")
        except ColorParseError:
            raise ThemeError(f"{path.name}: {section}.{key} = {value!r} is not a colour") from None
    return dict(values)


def _styles(path: Path, table: Mapping[str, Any]) -> dict[str, str]:
    values = _table(path, table, "style")
    _only(path, values, STYLES.keys(), "style.")
    for key, value in values.items():
        if not isinstance(value, str) or not set(value.split()) <= {"none", "bold", "reverse", "underline", "italic"}:
            raise ThemeError(f"{path.name}: style.{key} = {value!r} is not a text style")
    return dict(values)
