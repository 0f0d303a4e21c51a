"""Which orders are ours: known with every fact that says so, and readable when nothing else is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.errors import FailedError
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.storage.intents import read_intents
from cockpit.storage.journal import row_of
from cockpit.storage.store import Store
from cockpit.storage.writer import Fenced
from tests.storage.old import old_database, rows_of_release_0_1


def intent(order_id: str, market_id: str = "m") -> ev.OrderSending:
    return ev.OrderSending(9, Order(order_id, "c-1", "P-1", market_id, Leg.NO, Side.SELL, 4800, 5_000_000))


def intended(store: Store) -> dict[str, str]:
    return {fact.order.id: fact.order.market_id for fact in store.load() if isinstance(fact, ev.OrderSending)}


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# An order's market never changes, so a repeated id names the same one.
facts = st.builds(lambda name: intent(name, f"m-{len(name)}"), names) | st.just(ev.Noted(1, "info", "OrderSending"))


@given(st.lists(st.tuples(st.lists(facts, max_size=4), st.booleans()), max_size=6))
def test_after_any_history_intents_are_those_of_the_facts(commits: list[tuple[list[ev.Event], bool]]) -> None:
    store = Store(None)
    store.take_over()
    for batch, is_fenced in commits:
        rows = [row_of(fact) for fact in batch]
        if is_fenced:
            mine = store._writer.fence
            store._writer.fence = 0
            with pytest.raises(Fenced):
                store.write(rows)
            store._writer.fence = mine
        else:
            store.write(rows)
        assert store.intents() == intended(store)
    store.close()


def test_what_could_not_be_committed_is_in_neither(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        store.write([row_of(intent("0x1")), (None, "Noted", 1, "{}")])  # type: ignore[list-item]
    assert (store.intents(), list(store.load())) == ({}, [])
    store.write([row_of(intent("0x2"))])
    assert store.intents() == intended(store) == {"0x2": "m"}
    store.close()


def test_intents_are_read_beside_a_desk_that_is_writing(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    store.write([row_of(intent("0x1", "m-1")), row_of(intent("0x2", "m-2"))])
    writer = sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert store.intents() == read_intents(tmp_path / "desk.sqlite") == {"0x1": "m-1", "0x2": "m-2"}
    assert intended(store) == {"0x1": "m-1", "0x2": "m-2"}
    writer.close()
    store.close()


def test_intents_of_a_journal_that_cannot_be_replayed(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    store.write([row_of(intent("0x1")), (1, "FromTheFuture", 9, "{")])
    store.close()
    (tmp_path / "desk.sqlite").chmod(0o400)
    assert read_intents(tmp_path / "desk.sqlite") == {"0x1": "m"}


def test_intents_of_an_older_cockpit_are_read_without_migrating_it(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    old_database(path, [(1, "OrderSending", 1, "{broken"), *rows_of_release_0_1()])
    before = path.read_bytes()
    assert read_intents(path) == {"0x1": "0xc0ffee"}
    assert path.read_bytes() == before


def test_a_journal_in_a_folder_without_its_log_is_read_as_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "desk.sqlite"
    store = Store(path)
    store.write([row_of(intent("0x1"))])
    store.close()
    connect = sqlite3.connect

    def on_a_read_only_disk(address: str, **settings: object) -> sqlite3.Connection:
        if "immutable=1" not in address:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(address, **settings)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", on_a_read_only_disk)
    assert read_intents(path) == {"0x1": "m"}
    path.with_name("desk.sqlite-wal").touch()
    with pytest.raises(FailedError, match="which orders are the desk's cannot be read"):
        read_intents(path)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.sqlite"
    garbage.write_text("this is not a database " * 99)
    with pytest.raises(FailedError, match=r"garbage\.sqlite: is not a database of the cockpit"):
        read_intents(garbage)
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    for path in (tmp_path / "missing.sqlite", tmp_path, tmp_path / "empty.sqlite"):
        with pytest.raises(FailedError, match="which orders are the desk's"):
            read_intents(path)
        assert path.exists() is (path.name != "missing.sqlite")
