"""Puts a desk together: settings, folder, lock, journal, venue, clock."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, RefusedError
from cockpit.desk.clock import WallClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SystemIds
from cockpit.logs import log_event, open_log
from cockpit.settings import Settings
from cockpit.storage.journal import ThreadJournal
from cockpit.storage.store import Store

Listener = Callable[[ev.Event], None]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder this process alone may use, until `release`."""

    folder: Path
    lock: FileLock

    def release(self) -> None:
        """Let the next desk in."""
        self.lock.release()


def practice_place(settings: Settings, *, is_new: bool) -> Place:
    """Return the practice folder, locked. Raises: FailedError, RefusedError."""
    name = "practice" if settings.cockpit_seed is None else f"practice-{settings.cockpit_seed}"
    folder = settings.state_dir / name
    _make_folder(folder.parent)
    lock = FileLock(folder.with_suffix(".lock"), timeout=0, mode=0o600)
    holder = folder.with_suffix(".holder")
    try:
        lock.acquire()
    except Timeout:
        who = holder.read_text().strip() if holder.exists() else "another process"
        raise RefusedError(f"a desk already works on {folder}: {who}") from None
    except OSError as error:
        raise FailedError(
            f"cannot lock {folder}: {error.strerror}; set COCKPIT_STATE_DIR to a writable folder"
        ) from None
    holder.write_text(f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%SZ', time.gmtime())}\n")
    if is_new and folder.exists():
        folder.rename(folder.with_name(f"{folder.name}-until-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"))
    _make_folder(folder)
    return Place(folder, lock)


def practice_desk(settings: Settings, place: Place, listener: Listener | None = None) -> Desk:
    """Return a recovered desk on the practice market. Raises: FailedError, RefusedError."""
    from cockpit.venues.practice.venue import PracticeVenue

    store = Store(place.folder / "desk.sqlite")
    exchange = place.folder / "exchange.sqlite"
    clock = WallClock(speed=float(settings.cockpit_speed))
    seed = settings.cockpit_seed
    if seed is None and not exchange.exists():
        seed = int(store.get("seed") or secrets.randbits(32))
    # Without a seed the exchange goes on with its own.
    venue = PracticeVenue(now_ms=clock.now_ms, sleep=clock.sleep, seed=seed, path=exchange)
    store.bind({"mode": "practice", "account": "practice", "seed": str(venue.seed)})
    desk = Desk(
        venue=venue,
        journal=ThreadJournal(store),
        clock=clock,
        ids=SystemIds(),
        rules=settings.desk_rules(),
        mode="practice",
        seed=venue.seed,
        place=f"seed {seed}" if settings.cockpit_seed is not None else "",
        listener=_all(log_event, listener),
    )
    desk.recover()
    return desk


def start_log(settings: Settings) -> None:
    """Open the log file. Raises: FailedError."""
    _make_folder(settings.state_dir)
    path = Path(settings.log_file).expanduser() if settings.log_file else settings.state_dir / "cockpit.log"
    open_log(path, settings.log_level)


def _all(*listeners: Listener | None) -> Listener:
    heard = [listener for listener in listeners if listener is not None]

    def tell(event: ev.Event) -> None:
        for listener in heard:
            listener(event)

    return tell


def replay_desk(
    settings: Settings, path: Path, speed: float, hold: tuple[int, int], listener: Listener | None = None
) -> Desk:
    """Return a desk on a recorded market; its journal is in memory, a replay leaves nothing behind.

    Raises: UsageError for a file that cannot be replayed.
    """
    from cockpit.venues.replay import PaperRules, ReplayVenue
    from cockpit.venues.scan import scan

    recording = scan(path)
    clock = WallClock(speed=speed, start_ms=recording.first_ms)
    venue = ReplayVenue(
        recording, now_ms=clock.now_ms, sleep=clock.sleep, speed=lambda: clock.speed, rules=PaperRules(hold=hold)
    )
    rules = settings.desk_rules()
    # Ages run on the recording's own time, which at a high speed passes between two looks.
    patient = replace(rules.limits, max_book_age_ms=max(rules.limits.max_book_age_ms, int(2_000 * speed)))
    desk = Desk(
        venue=venue,
        journal=ThreadJournal(Store(None)),
        clock=clock,
        ids=SystemIds(),
        rules=replace(rules, limits=patient),
        mode="replay",
        listener=_all(log_event, listener),
    )
    desk.recover()
    return desk


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        words = f"{error.strerror}; set COCKPIT_STATE_DIR to a folder you can write to"
        raise FailedError(f"cannot create the folder {folder}: {words}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FailedError(f"cannot write to {folder}: set COCKPIT_STATE_DIR to a folder you can write to")
