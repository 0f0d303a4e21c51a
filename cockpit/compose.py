"""Puts a desk together: settings, journal, latch, venue, clock, and who listens."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.alerts import Alerts, senders_of
from cockpit.core import events as ev
from cockpit.core.errors import RefusedError
from cockpit.desk.clock import Clock, WallClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SystemIds
from cockpit.logs import log_event, open_log
from cockpit.place import EXCHANGE, HISTORY, JOURNAL, LATCH, Place, holder, make_folder
from cockpit.settings import Settings
from cockpit.storage.journal import JournalFenced, ThreadJournal
from cockpit.storage.latch import FileLatch, LatchFailed
from cockpit.storage.store import Store
from cockpit.storage.thread_history import ThreadHistory

if TYPE_CHECKING:
    from cockpit.venues.practice.faulty import FaultyVenue
    from cockpit.venues.practice.venue import PracticeVenue

Listener = Callable[[ev.Event], None]


def practice_desk(settings: Settings, place: Place, listener: Listener | None = None) -> Desk:
    """Return a recovered desk on the practice market. Raises: FailedError, RefusedError."""
    store = Store(place.folder / JOURNAL, settings.cockpit_durability)
    exchange, latch = place.folder / EXCHANGE, latch_of(place)
    _doubt(latch)
    clock = WallClock(speed=float(settings.cockpit_speed))
    seed = settings.cockpit_seed
    if seed is None and not exchange.exists():
        seed = int(store.get("seed") or secrets.randbits(32))
    # Without a seed the exchange goes on with its own.
    venue = _practice_venue(clock, seed, exchange, settings.cockpit_faults)
    store.bind({"mode": "practice", "account": "practice", "seed": str(venue.seed)})
    # A desk that was believed dead and comes back finds that it may not write any more.
    store.take_over()
    desk = Desk(
        venue=venue,
        journal=ThreadJournal(store),
        clock=clock,
        ids=SystemIds(settings.cockpit_seed),
        latch=latch,
        history=ThreadHistory(place.folder / HISTORY),
        rules=settings.desk_rules(),
        mode="practice",
        seed=venue.seed,
        place=_words_of(settings),
        listener=all_of(log_event, listener),
    )
    desk.recover()
    return desk


def with_socket(make_desk: Callable[[], Desk], place: Place) -> Callable[[], Desk]:
    """Return a maker of the same desk that also takes commands from other terminals, at a socket in its folder."""
    # Imported here: a benchmark or a replay listens to nobody.
    from cockpit.link.socket import DeskSocket

    def make() -> Desk:
        desk = make_desk()
        desk.start_optional("the socket for commands", DeskSocket(desk, place.folder).run())
        return desk

    return make


def _words_of(settings: Settings) -> str:
    """Return what is unusual about this practice market, for the status line."""
    seed = "" if settings.cockpit_seed is None else f"seed {settings.cockpit_seed}"
    return " ".join(filter(None, (seed, "faults" if settings.cockpit_faults else "")))


def _practice_venue(clock: Clock, seed: int | None, path: Path, faults: str) -> PracticeVenue | FaultyVenue:
    from cockpit.venues.practice.venue import PracticeVenue

    venue = PracticeVenue(now_ms=clock.now_ms, sleep=clock.sleep, seed=seed, path=path)
    if not faults:
        return venue
    # Imported here: nobody pays for faults that are not asked for.
    from cockpit.venues.practice.faults import Faults, parse_faults
    from cockpit.venues.practice.faulty import FaultyVenue

    return FaultyVenue(venue, Faults(venue.seed, parse_faults(faults)), now_ms=clock.now_ms, sleep=clock.sleep)


def _doubt(latch: FileLatch) -> None:
    """Take the proof of an earlier desk off a halt: from here on the new desk has to prove it."""
    latched = latch.read()
    if latched is not None and latched.is_proven:
        with suppress(LatchFailed):  # a halted desk says that itself, at its first look
            latch.set_now(replace(latched, is_proven=False))


def latch_of(place: Place) -> FileLatch:
    """Return where a halt of this account is written."""
    return FileLatch(place.folder / LATCH)


def alerts_of(settings: Settings, what: str) -> Alerts:
    """Return the listener that tells people who do not look at a screen. Raises: UsageError."""
    return Alerts(senders_of(settings.cockpit_alert_urls.get_secret_value(), f"cockpit {what}"))


def start_log(settings: Settings) -> None:
    """Open the log file. Raises: FailedError."""
    make_folder(settings.state_dir)
    path = Path(settings.log_file).expanduser() if settings.log_file else settings.state_dir / "cockpit.log"
    open_log(path, settings.log_level)


@contextmanager
def working_in(place: Place, *closing: Callable[[], None]) -> Iterator[None]:
    """Give a folder back at the end, after closing what else belongs to the desk in it.

    Raises: RefusedError that says who holds the folder, when somebody has taken it from us.
    """
    try:
        yield
    except JournalFenced as error:
        raise RefusedError(f"{error}; now it is held by {holder(place.folder).words}") from None
    finally:
        for close in closing:
            close()
        place.release()


def all_of(*listeners: Listener | None) -> Listener:
    """Return a listener that tells several."""
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
        listener=all_of(log_event, listener),
    )
    desk.recover()
    return desk
