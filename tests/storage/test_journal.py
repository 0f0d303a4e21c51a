"""The journal: a barrier means committed, and a disk that fails, fills or hangs reaches whoever waits."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

import cockpit.storage.journal as journal_module
from cockpit.core import events as ev
from cockpit.storage.journal import DirectJournal, JournalFailed, ThreadJournal
from cockpit.storage.store import Store
from cockpit.storage.writer import Row


def fact(number: int) -> ev.Event:
    return ev.CashMoved(number, number, "")


class HungDisk(Store):
    """Takes rows and does not come back until it is let go."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.is_reached = threading.Event()
        self.go = threading.Event()

    def write(self, rows: Iterable[Row]) -> None:
        self.is_reached.set()
        self.go.wait()
        super().write(rows)


def test_a_barrier_of_the_writing_thread_means_committed(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    journal = ThreadJournal(Store(path))

    async def story() -> None:
        for number in range(50):
            journal.append(ev.CashMoved(number, number, ""))
            await journal.barrier()
            other = sqlite3.connect(path)
            assert other.execute("SELECT count(*) FROM events").fetchone() == (number + 1,)
            other.close()

    asyncio.run(story())
    journal.close()


def test_a_failing_write_reaches_whoever_waits_at_the_barrier(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    journal = ThreadJournal(store)

    def full(rows: object) -> None:
        list(rows)  # type: ignore[call-overload]
        raise OSError("disk full")

    store.write = full  # type: ignore[method-assign]

    async def story() -> None:
        journal.append(fact(1))
        with pytest.raises(JournalFailed, match="disk full"):
            await journal.barrier()

    asyncio.run(story())
    with pytest.raises(JournalFailed):
        journal.close()


def test_what_could_not_be_written_is_kept_for_the_next_try(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    journal, write = DirectJournal(store), store.write

    def full(rows: object) -> None:
        raise OSError("disk full")

    async def story() -> None:
        journal.append(fact(1))
        store.write = full  # type: ignore[method-assign]
        with pytest.raises(JournalFailed):
            await journal.barrier()
        store.write = write  # type: ignore[method-assign]
        await journal.barrier()
        assert list(store.load()) == [fact(1)]

    asyncio.run(story())
    journal.close()


def test_what_nobody_waits_for_is_written_all_the_same(tmp_path: Path) -> None:
    store = HungDisk(tmp_path / "desk.sqlite")
    journal = ThreadJournal(store)
    store.go.set()
    journal.append(fact(1))
    assert store.is_reached.wait(30)
    journal.close()


def test_closing_writes_what_is_queued(tmp_path: Path) -> None:
    journal = ThreadJournal(Store(tmp_path / "desk.sqlite"))
    for number in range(1000):
        journal.append(fact(number))
    journal.close()
    store = Store(tmp_path / "desk.sqlite")
    assert list(store.load()) == [fact(number) for number in range(1000)]
    store.close()


def test_facts_before_one_that_cannot_be_encoded_are_on_disk_and_none_after(tmp_path: Path) -> None:
    journal = ThreadJournal(Store(tmp_path / "desk.sqlite"))

    async def story() -> None:
        for each in (fact(1), ev.Noted(2, "info", "\ud800"), fact(3)):
            journal.append(each)
        with pytest.raises(JournalFailed, match="surrogates"):
            await journal.barrier()
        journal.append(fact(4))
        with pytest.raises(JournalFailed, match="surrogates"):
            await journal.barrier()

    asyncio.run(story())
    with pytest.raises(JournalFailed):
        journal.close()
    store = Store(tmp_path / "desk.sqlite")
    assert list(store.load()) == [fact(1)]
    store.close()


def test_a_disk_that_hangs_fails_who_waits_once_too_much_is_queued(tmp_path: Path) -> None:
    store = HungDisk(tmp_path / "desk.sqlite")
    journal = ThreadJournal(store, max_unwritten=3)

    async def story() -> None:
        journal.append(fact(0))
        waiting = asyncio.ensure_future(journal.barrier())
        await asyncio.sleep(0)
        store.is_reached.wait(30)
        for number in range(1, 10):
            journal.append(fact(number))
        with pytest.raises(JournalFailed, match="the disk does not answer, and 3 facts wait"):
            await waiting
        with pytest.raises(JournalFailed):
            await journal.barrier()
        store.go.set()

    asyncio.run(story())
    with pytest.raises(JournalFailed):
        journal.close()
    again = Store(tmp_path / "desk.sqlite")
    # What was in the queue reached the disk when it woke up; nothing that came after a fact that was not taken.
    assert list(again.load()) == [fact(number) for number in range(4)]
    again.close()


def test_a_disk_that_hangs_does_not_hold_up_the_end_of_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "CLOSE_S", 0.01)
    store = HungDisk(tmp_path / "desk.sqlite")
    journal = ThreadJournal(store)
    journal.append(fact(1))
    with pytest.raises(JournalFailed, match="the disk has not answered"):
        journal.close()
    store.go.set()
    journal._thread.join()
    store.close()


def test_who_stops_waiting_at_a_barrier_hurts_nobody(tmp_path: Path) -> None:
    store = HungDisk(tmp_path / "desk.sqlite")
    journal = ThreadJournal(store)

    async def story() -> None:
        journal.append(fact(1))
        impatient = asyncio.ensure_future(journal.barrier())
        await asyncio.sleep(0)
        impatient.cancel()
        store.go.set()
        await journal.barrier()
        assert impatient.cancelled()

    asyncio.run(story())
    journal.close()


def test_ten_thousand_barriers_of_a_drill_leave_ten_thousand_facts() -> None:
    store = Store(None)
    journal = DirectJournal(store)

    async def story() -> None:
        for number in range(10_000):
            journal.append(fact(number))
            await journal.barrier()

    asyncio.run(story())
    assert [each.at_ms for each in store.load()] == list(range(10_000))
    journal.close()
