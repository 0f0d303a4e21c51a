"""Where settings come from, and the sentence for a wrong one.

Order of authority: command line, environment, `.env` in the current folder, `cockpit.toml` in the configuration folder,
default. An unknown key in a file is refused: a typo must not silently leave a limit at its default.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from platformdirs import user_config_path
from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource
from pydantic_settings.exceptions import SettingsError

from cockpit.core.errors import UsageError
from cockpit.settings import Settings

_PATTERNS = {
    "token_id": "an asset id: digits only",
    "polymarket_host": "an address that begins with http:// or https://",
    "cockpit_theme": "the name of a theme: small letters, digits and dashes",
}


def load(env_file: Path | None = None, toml_file: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings from all sources. Raises: UsageError that names source, key, value and what is allowed."""
    env_path = env_file or Path(".env")
    toml_path = toml_file or user_config_path("cockpit") / "cockpit.toml"
    from_toml, from_env = _read_toml(toml_path), _read_dotenv(env_path)
    for path, found in ((toml_path, from_toml), (env_path, from_env)):
        for key in found:
            if key not in Settings.model_fields:
                shown = key.upper() if path is env_path else key
                raise UsageError(f"{path}: unknown setting {shown}{_did_you_mean(key)}")
    files = from_toml | from_env

    class Layered(Settings):
        """The command line above the environment, and that above the files."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return InitSettingsSource(settings_cls, overrides), env_settings, init_settings

    try:
        return Layered(**files)
    except ValidationError as error:
        raise UsageError(_sentence(error, overrides, from_env, env_path, from_toml, toml_path)) from None
    except SettingsError as error:
        # Raised for values that must be JSON before the fields are looked at; its text names the field.
        key = next((name for name in Settings.model_fields if f'"{name}"' in str(error)), "a setting")
        raise UsageError(f"environment: {key.upper()} is not valid JSON; give something like {{}}") from None


def load_place(seed: int | None) -> tuple[Settings, str]:
    """Return settings of which only the state folder and the seed can be relied on, and what is wrong with the others.

    For emergencies: a limit typed wrong must not keep anybody from halting.
    """
    try:
        typed: dict[str, Any] = {} if seed is None else {"cockpit_seed": seed}
        return load(**typed), ""
    except UsageError as error:
        found: dict[str, Any] = {}
        for read, path in ((_read_toml, user_config_path("cockpit") / "cockpit.toml"), (_read_dotenv, Path(".env"))):
            with contextlib.suppress(UsageError):
                found |= read(path)
        found |= {name.lower(): value for name, value in os.environ.items()}
        folder, named = str(found.get("cockpit_state_dir") or ""), str(found.get("cockpit_seed") or "")
        number = int(named) if seed is None and named.isdecimal() else seed
        if (seed is None and named and not named.isdecimal()) or not 0 <= (number or 0) <= 2**53:
            raise  # which account is meant is not known
        return Settings.model_construct(cockpit_state_dir=folder, cockpit_seed=number), str(error)


def near_misses() -> list[str]:
    """Return a warning for each variable of the environment that looks like a mistyped setting."""
    names = {name.upper() for name in Settings.model_fields}
    warnings = []
    for variable in os.environ:
        if variable in names:
            continue
        close = difflib.get_close_matches(variable, names, n=1, cutoff=0.88)
        if close or variable.startswith("COCKPIT_"):
            hint = f"; did you mean {close[0]}?" if close else _did_you_mean(variable)
            warnings.append(f"{variable} in the environment is not a setting{hint}")
    return warnings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return {key.lower(): value for key, value in tomllib.load(file).items()}
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None


def _read_dotenv(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            lines = list(parse_stream(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    for line in lines:
        # A line that is no assignment may be a limit with a typo: it must not be passed over.
        if line.error or (line.key is not None and line.value is None):
            shown = line.original.string.strip()[:40]
            raise UsageError(f"{path}: line {line.original.line} is not NAME=value: {shown!r}")
    return {line.key.lower(): line.value for line in lines if line.key is not None and line.value}


def _did_you_mean(key: str) -> str:
    close = difflib.get_close_matches(key.lower(), Settings.model_fields, n=1, cutoff=0.75)
    return f"; did you mean {close[0].upper()}?" if close else ""


def _sentence(
    error: ValidationError,
    overrides: dict[str, Any],
    from_env: dict[str, Any],
    env_path: Path,
    from_toml: dict[str, Any],
    toml_path: Path,
) -> str:
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return str(first["msg"]).removeprefix("Value error, ")
    key = str(first["loc"][0]).lower()
    field = Settings.model_fields.get(key)
    is_secret = field is not None and field.annotation is SecretStr
    given = first["input"]
    value = "(hidden)" if is_secret else (repr(given) if isinstance(given, str) else str(given))[:60]
    if key in overrides:
        return f"--{key.removeprefix('cockpit_').replace('_', '-')} {value}: {_plainly(first)}"
    if key.upper() in os.environ or key in os.environ:
        where = "environment"
    else:
        where = str(env_path if key in from_env else toml_path if key in from_toml else "default")
    return f"{where}: {key.upper()} is {value}: {_plainly(first)}"


def _plainly(error: ErrorDetails) -> str:
    """Return pydantic's message as part of a sentence; a pattern is explained, not shown."""
    if error["type"] == "string_pattern_mismatch":
        return f"must be {_PATTERNS.get(str(error['loc'][0]).lower(), 'a different text')}"
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    message = re.sub(r"Decimal\('([^']*)'\)", r"\1", message)
    return f"{message[0].lower()}{message[1:]}"
