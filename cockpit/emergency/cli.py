"""The commands for emergencies as they are typed: halt, cancel-all, release."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from cockpit.cli_common import HALTED, Seed, drop_output, settings_of
from cockpit.core.errors import FailedError, UsageError

if TYPE_CHECKING:
    from cockpit.emergency.outcome import Outcome

Everything = Annotated[
    bool, Parameter(help="Every order of the account, also those the desk did not send.", negative="")
]
Wait = Annotated[float, Parameter(help="Seconds for the proof that nothing is open any more.")]
AsJson = Annotated[bool, Parameter(name="--json", help="One JSON object.", negative="")]


def halt(
    *,
    reason: Annotated[str, Parameter(help="Why: shown until somebody releases it.")] = "by command",
    everything: Everything = False,
    preview: Annotated[bool, Parameter(help="Only say what would be done.", negative="")] = False,
    seed: Seed = None,
    wait: Wait = 10.0,
    json_: AsJson = False,
) -> int:
    """Stop: cancel what rests, send nothing more until a person types RELEASE. Works with a desk running or not."""
    shown = " ".join(reason.split())
    if not shown or not shown.isprintable() or len(shown) > 200:
        raise UsageError(f"--reason {reason[:40]!r}: give 1 to 200 characters that can be shown")
    folder = _folder(seed, wait)
    from cockpit.emergency import commands

    if preview:
        return _say(commands.preview(folder, everything=everything), is_json=json_)
    return _run(commands.halt(folder, shown, everything=everything, wait_s=wait), is_json=json_)


def cancel_all(*, everything: Everything = False, seed: Seed = None, wait: Wait = 10.0, json_: AsJson = False) -> int:
    """Cancel what rests and prove it, without halting. Works with a desk running or not."""
    folder = _folder(seed, wait)
    from cockpit.emergency import commands

    return _run(commands.cancel_all(folder, everything=everything, wait_s=wait), is_json=json_)


def release(
    *,
    seed: Seed = None,
    word: Annotated[str | None, Parameter(help="RELEASE, when no person is there to type it.")] = None,
) -> int:
    """Lift a halt while no desk runs; a running desk is released on its screen."""
    folder = _folder(seed)
    if word is None and not sys.stdin.isatty():
        raise UsageError("there is no terminal to type the word at; give --word RELEASE")
    from cockpit.emergency import release as releasing

    def ask(reason: str) -> str:
        if word is not None:
            return word
        sys.stdout.write(f"halted: {reason}\ntype {releasing.WORD} to let the next desk send orders again: ")
        sys.stdout.flush()
        return sys.stdin.readline().rstrip("\n")

    settings = settings_of(cockpit_seed=seed)
    sys.stdout.write(releasing.release(folder, settings.cockpit_durability, ask) + "\n")
    return 0


def _folder(seed: int | None, wait: float = 1.0) -> Path:
    """Return the account's folder. Raises: UsageError when there is none: a halt of nothing would comfort nobody."""
    from cockpit.place import practice_folder
    from cockpit.settings_sources import load_place

    if not 0 < wait <= 3600:
        raise UsageError(f"--wait {wait:g}: give seconds above 0 and at most 3600")
    settings, problem = load_place(seed)
    if problem:
        sys.stderr.write(f"cockpit: {problem}; only the folder and the seed are needed here\n")
    folder = practice_folder(settings)
    try:
        is_there = folder.is_dir()
    except OSError as error:
        raise FailedError(f"{folder}: {error.strerror}") from None
    if not is_there:
        known = sorted(path.name for path in settings.state_dir.glob("practice*") if path.is_dir())
        there = f"; there are {', '.join(known)}" if known else ""
        raise UsageError(f"there is no account in {folder}: give its --seed, or set COCKPIT_STATE_DIR{there}")
    return folder


def _run(work: Coroutine[Any, Any, Outcome], *, is_json: bool) -> int:
    from cockpit.emergency.outcome import NOT_PROVEN

    try:
        return _say(asyncio.run(work), is_json=is_json)
    except KeyboardInterrupt:
        sys.stderr.write(f"cockpit: interrupted: {NOT_PROVEN}\n")
        return HALTED


def _say(outcome: Outcome, *, is_json: bool) -> int:
    """Write the report to standard output, the troubles to standard error; return the exit code."""
    from cockpit.emergency.outcome import NOT_PROVEN
    from cockpit.emergency.text import to_json, to_text

    is_read = True
    try:
        sys.stdout.write((json.dumps(to_json(outcome)) if is_json else to_text(outcome)) + "\n")
        sys.stdout.flush()
    except OSError:
        drop_output()
        is_read = False
        sys.stderr.write("cockpit: the report cannot be written\n")
    for trouble in outcome.troubles:
        sys.stderr.write(f"cockpit: {trouble}\n")
    if outcome.what == "preview":
        return 0 if outcome.is_done and is_read else 1
    if not outcome.is_proven:
        sys.stderr.write(f"cockpit: {NOT_PROVEN}\n")
    return HALTED if not outcome.is_done else 0 if is_read else 1
