"""The folder a desk works in: which one it is, whose it is now, and how to reach who holds it."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from cockpit.core.errors import FailedError, RefusedError
from cockpit.settings import Settings

JOURNAL, EXCHANGE, HISTORY, LATCH = "desk.sqlite", "exchange.sqlite", "history.sqlite", "halt.json"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder this process alone may use, until `release`."""

    folder: Path
    lock: FileLock

    def release(self) -> None:
        """Let the next desk in."""
        # Removed while the folder is still ours: who comes next writes its own.
        if holder(self.folder).pid == os.getpid():
            with contextlib.suppress(OSError):
                _holder_of(self.folder).unlink(missing_ok=True)
        self.lock.release()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who works in a folder, as it wrote itself down."""

    words: str
    pid: int | None
    work: str = ""
    """`desk`, or the emergency command it is; empty when that is not known."""

    @property
    def is_desk(self) -> bool:
        """Whether it runs a desk, as far as we know."""
        return self.work in ("desk", "")

    def signal(self, number: int) -> bool:
        """Send it a signal; return False when it is not there, not a cockpit or not ours."""
        if self.pid in (None, os.getpid()) or not _is_cockpit(self.pid):
            return False
        try:
            os.kill(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def practice_folder(settings: Settings) -> Path:
    """Return where the practice account of this seed is kept."""
    name = "practice" if settings.cockpit_seed is None else f"practice-{settings.cockpit_seed}"
    return settings.state_dir / name


def practice_place(settings: Settings, *, is_new: bool) -> Place:
    """Return the practice folder, locked. Raises: FailedError, RefusedError."""
    folder = practice_folder(settings)
    make_folder(folder.parent)
    place = take(folder)
    if place is None:
        raise RefusedError(f"a desk already works on {folder}: {holder(folder).words}")
    if is_new and folder.exists():
        folder.rename(folder.with_name(f"{folder.name}-until-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"))
    make_folder(folder)
    return place


def take(folder: Path, work: str = "desk") -> Place | None:
    """Lock a folder and write down who holds it, and what for; None when somebody else does. Raises: FailedError."""
    lock = FileLock(folder.with_suffix(".lock"), timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise FailedError(
            f"cannot lock {folder}: {error.strerror}; set COCKPIT_STATE_DIR to a writable folder"
        ) from None
    words = f"process {os.getpid()} ({work}), since {time.strftime('%Y-%m-%d %H:%M:%SZ', time.gmtime())}\n"
    # The lock holds without it: on a full disk an emergency stop must still come through.
    with contextlib.suppress(OSError):
        _holder_of(folder).write_text(words)
    return Place(folder, lock)


def holder(folder: Path) -> Holder:
    """Return who has written itself down as working in a folder."""
    try:
        words = _holder_of(folder).read_text().strip()
    except (OSError, UnicodeDecodeError):
        words = ""
    found = re.match(r"process (\d{1,9}) \(([a-z-]+)\),", words)
    return Holder(words, int(found[1]), found[2]) if found else Holder(words or "another process", None)


def make_folder(folder: Path) -> None:
    """Create a folder that only we can read. Raises: FailedError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        words = f"{error.strerror}; set COCKPIT_STATE_DIR to a folder you can write to"
        raise FailedError(f"cannot create the folder {folder}: {words}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FailedError(f"cannot write to {folder}: set COCKPIT_STATE_DIR to a folder you can write to")


def _holder_of(folder: Path) -> Path:
    return folder.with_suffix(".holder")


def _is_cockpit(pid: int) -> bool:
    """Return whether a process is a cockpit: a number that was given to another program must not be signalled."""
    if not Path("/proc/self/cmdline").exists():
        return True  # this system does not tell
    try:
        words = [Path(os.fsdecode(word)).name for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    except OSError:
        return False
    return "cockpit" in words[:2] or ("-m", "cockpit") in itertools.pairwise(words)
