"""One writer per account: who was taken over can never write again, however long it slept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.errors import RefusedError
from cockpit.storage.journal import DirectJournal, JournalFailed, JournalFenced, ThreadJournal, row_of
from cockpit.storage.store import Store
from cockpit.storage.writer import Fenced


def fact(number: int) -> ev.Event:
    return ev.CashMoved(number, number, "")


def test_a_second_store_that_takes_over_ends_the_first(tmp_path: Path) -> None:
    first, second = Store(tmp_path / "desk.sqlite"), Store(tmp_path / "desk.sqlite")
    assert first.take_over() == 1
    first.write([row_of(fact(1))])
    assert second.take_over() == 2
    with pytest.raises(Fenced, match=r"another desk has taken over .*desk\.sqlite"):
        first.write([row_of(fact(2))])
    second.write([row_of(fact(3))])
    with pytest.raises(Fenced):
        first.write([row_of(fact(4))])
    assert list(second.load()) == [fact(1), fact(3)]
    first.close()
    second.close()


def test_every_start_has_a_number_of_its_own(tmp_path: Path) -> None:
    numbers = []
    for _ in range(3):
        store = Store(tmp_path / "desk.sqlite")
        numbers.append(store.take_over())
        store.close()
    assert numbers == [1, 2, 3]


def test_a_tool_that_never_took_over_writes_unasked(tmp_path: Path) -> None:
    desk, tool = Store(tmp_path / "desk.sqlite"), Store(tmp_path / "desk.sqlite")
    desk.take_over()
    tool.write([row_of(fact(1))])
    desk.write([row_of(fact(2))])
    assert list(tool.load()) == [fact(1), fact(2)]
    desk.close()
    tool.close()


def test_a_fence_that_vanished_refuses(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    store.take_over()
    with store._engine.connect() as connection:
        connection.exec_driver_sql("DELETE FROM meta")
    with pytest.raises(Fenced):
        store.write([row_of(fact(1))])
    store.close()


@pytest.mark.parametrize("kind", [DirectJournal, ThreadJournal])
def test_a_fenced_journal_ends_its_desk_with_refused(
    tmp_path: Path, kind: type[DirectJournal] | type[ThreadJournal]
) -> None:
    store, other = Store(tmp_path / "desk.sqlite"), Store(tmp_path / "desk.sqlite")
    store.take_over()
    journal = kind(store)

    async def story() -> None:
        journal.append(fact(1))
        await journal.barrier()
        other.take_over()
        with pytest.raises(JournalFenced, match="another desk has taken over") as idle:
            await journal.barrier()  # nothing to write, and it notices all the same
        assert isinstance(idle.value, JournalFailed)
        assert idle.value.exit_code == RefusedError.exit_code == 3
        journal.append(fact(2))
        with pytest.raises(JournalFenced):
            await journal.barrier()

    asyncio.run(story())
    with pytest.raises(JournalFenced):
        journal.close()
    assert list(other.load()) == [fact(1)]
    other.close()
