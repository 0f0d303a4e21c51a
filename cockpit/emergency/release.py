"""`cockpit release`: lifts a proven halt while no desk runs. This one is no emergency, so it reads the journal."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, RefusedError, UsageError
from cockpit.core.fold import apply
from cockpit.core.parent import ParentState
from cockpit.core.state import State
from cockpit.emergency.by_desk import is_zero
from cockpit.emergency.outcome import NOT_PROVEN
from cockpit.place import JOURNAL, LATCH, holder, take
from cockpit.storage.journal import row_of
from cockpit.storage.latch import FileLatch, LatchFailed, LatchState
from cockpit.storage.store import Durability, Store

WORD = "RELEASE"


def release(folder: Path, durability: Durability, ask: Callable[[str], str]) -> str:
    """Ask for the word, tell the journal, lift the latch; return what was done.

    The folder is free while a person types: a halt that comes then wins.

    Raises: RefusedError while a desk runs or the halt is not proven, UsageError for another word, FailedError.
    """
    with _account(folder, durability) as account:
        if not account.reason:
            return "not halted: nothing to release"
        shown = account.halt
    typed = ask(account.reason)
    if typed != WORD:
        raise UsageError(f"{typed[:40]!r} is not the word: type {WORD}; still halted")
    with _account(folder, durability) as account:
        if account.halt != shown:
            raise RefusedError("halted again while the word was typed: still halted; look at it and try again")
        account.lift()
    return f"released: it was halted for {account.reason}; the next desk may send orders"


@dataclass(slots=True)
class _Account:
    """A halted account that is ours alone for a moment."""

    store: Store
    latch: FileLatch
    latched: LatchState | None
    mark: tuple[int, int] | None
    """Which file the latch is: another one after every halt, even when it says the same."""
    state: State
    newest_ms: int

    @property
    def reason(self) -> str:
        """Why it is halted; empty when it is not."""
        return self.latched.reason if self.latched is not None else self.state.halted

    @property
    def halt(self) -> tuple[str, tuple[int, int] | None]:
        """What a person was shown, to be compared with what is there later."""
        return self.reason, self.mark

    @property
    def is_proven(self) -> bool:
        """Whether nothing was open when it was halted."""
        return is_zero(self.latched) if self.latched is not None else self.state.is_stop_proven

    def lift(self) -> None:
        """Tell the journal, then remove the latch: whatever breaks in between leaves it halted. Raises: FailedError."""
        now = max(time.time_ns() // 1_000_000, self.newest_ms)
        self.store.take_over()
        self.store.write([row_of(fact) for fact in self._facts(now)])
        try:
            asyncio.run(self.latch.clear())
        except LatchFailed as error:
            # It may be gone or not: put it back, so that it is one of the two for sure.
            with suppress(LatchFailed):
                self.latch.set_now(self.latched or LatchState(self.reason, now, is_proven=True))
            raise FailedError(f"the halt cannot be lifted: {error.__cause__ or error}; still halted") from None

    def _facts(self, now: int) -> Iterator[ev.Event]:
        """Yield what the journal must know: a halt without a desk ended the plans, too, and they must not go on."""
        if not self.state.halted and self.latched is not None:
            yield ev.Halted(now, self.latched.reason, self.latched.everything)
        for parent in self.state.parents.values():
            if parent.is_open:
                yield ev.ParentMoved(now, parent.id, ParentState.STOPPED, "halted")
        yield ev.Released(now)
        yield ev.Noted(now, "info", "released from the command line: orders may be sent again")


@contextmanager
def _account(folder: Path, durability: Durability) -> Iterator[_Account]:
    """Have an account for ourselves. Raises: RefusedError, FailedError."""
    place = take(folder, "release")
    if place is None:
        who = holder(folder)
        what = "a desk runs" if who.is_desk else "another command works there"
        raise RefusedError(f"{what} ({who.words}): release it on its screen with R, or end it and try again")
    try:
        if not (folder / JOURNAL).exists():
            raise FailedError(f"{folder / JOURNAL}: there is no journal; start the desk and release it on its screen")
        with _store(folder / JOURNAL, durability) as store:
            latch = FileLatch(folder / LATCH)
            latched, mark = latch.read(), _mark(latch.path)
            account = _Account(store, latch, latched, mark, *_folded(store))
            if account.reason and not account.is_proven:
                raise RefusedError(f"{NOT_PROVEN}: still halted; run cockpit halt to prove it, then release")
            yield account
    finally:
        place.release()


@contextmanager
def _store(path: Path, durability: Durability) -> Iterator[Store]:
    store = Store(path, durability)
    try:
        yield store
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise FailedError(f"{path}: {getattr(error, 'orig', None) or error}; still halted") from None
    finally:
        store.close()


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _folded(store: Store) -> tuple[State, int]:
    state, newest_ms = State(mode="", account="", seed=None), 0
    for fact in store.load():
        newest_ms = max(newest_ms, fact.at_ms)
        # One that cannot be folded is not ours to judge: the desk starts halted over it and names it.
        with suppress(Exception):
            apply(state, fact)
    return state, newest_ms
