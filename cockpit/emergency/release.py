"""`cockpit release`: lifts a proven halt while no desk runs. This one is no emergency, so it reads the journal."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, RefusedError, UsageError
from cockpit.core.fold import apply
from cockpit.core.order import ParentState
from cockpit.core.state import State
from cockpit.emergency import NOT_PROVEN
from cockpit.place import JOURNAL, LATCH, holder, take
from cockpit.storage.journal import row_of
from cockpit.storage.latch import FileLatch, LatchState
from cockpit.storage.store import Durability, Store

WORD = "RELEASE"


def release(folder: Path, durability: Durability, ask: Callable[[str], str]) -> str:
    """Ask for the word, tell the journal, lift the latch; return what was done.

    Raises: RefusedError while a desk runs or the halt is not proven, UsageError for another word, FailedError.
    """
    place = take(folder)
    if place is None:
        who = holder(folder).words
        raise RefusedError(f"a desk runs ({who}): release it on its screen with R, or end it and try again")
    try:
        with _journal(folder, durability) as store:
            return _release(FileLatch(folder / LATCH), store, ask)
    finally:
        place.release()


def _release(latch: FileLatch, store: Store, ask: Callable[[str], str]) -> str:
    latched, (state, newest_ms) = latch.read(), _folded(store)
    if latched is None and not state.halted:
        return "not halted: nothing to release"
    if not (latched.is_proven if latched is not None else state.is_stop_proven):
        raise RefusedError(f"{NOT_PROVEN}: still halted; run cockpit halt to prove it, then release")
    reason = latched.reason if latched is not None else state.halted
    typed = ask(reason)
    if typed != WORD:
        raise UsageError(f"{typed[:40]!r} is not the word: type {WORD}; still halted")
    now = max(time.time_ns() // 1_000_000, newest_ms)
    store.take_over()
    store.write([row_of(fact) for fact in _facts(state, latched, now)])
    # The journal first: whatever breaks in between leaves it halted.
    asyncio.run(latch.clear())
    return f"released: it was halted for {reason}; the next desk may send orders"


def _facts(state: State, latched: LatchState | None, now: int) -> Iterator[ev.Event]:
    """Yield what the journal must know: a halt without a desk ended the plans, too, and they must not go on."""
    if not state.halted and latched is not None:
        yield ev.Halted(now, latched.reason, latched.everything)
    for parent in state.parents.values():
        if parent.is_open:
            yield ev.ParentMoved(now, parent.id, ParentState.STOPPED, "halted")
    yield ev.Released(now)
    yield ev.Noted(now, "info", "released from the command line: orders may be sent again")


def _folded(store: Store) -> tuple[State, int]:
    state, newest_ms = State(mode="", account="", seed=None), 0
    for fact in store.load():
        newest_ms = max(newest_ms, fact.at_ms)
        # One that cannot be folded is not ours to judge: the desk starts halted over it and names it.
        with suppress(Exception):
            apply(state, fact)
    return state, newest_ms


@contextmanager
def _journal(folder: Path, durability: Durability) -> Iterator[Store]:
    store = Store(folder / JOURNAL, durability)
    try:
        yield store
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise FailedError(f"{folder / JOURNAL}: {getattr(error, 'orig', None) or error}; still halted") from None
    finally:
        store.close()
