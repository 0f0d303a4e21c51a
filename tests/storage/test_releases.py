"""What earlier releases wrote is read for ever."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TypeVar

import pytest

from cockpit.core import events as ev
from cockpit.core.errors import FailedError
from cockpit.core.order import OrderState, OrderType
from cockpit.core.parent import Algorithm, How
from cockpit.storage import codec
from cockpit.storage.engine import open_engine, writing
from cockpit.storage.store import HEAD, Store
from tests.storage.old import RELEASE_0_2, migrate, old_database, rows_of, rows_of_release_0_1

Kind = TypeVar("Kind", bound=ev.Event)
ADDED_SINCE_0_2 = {"ParentPlanned", "EntryStarted", "EntryMoved", "PairsMerged", "ConversionAsked", "ConversionFailed"}
ADDED_SINCE_0_2 |= {"ClaimRedeemed", "ResolutionMoved", "PairModeSet", "Decided"}
ADDED_SINCE_0_1 = {"StopProven", "ReducingSet", "DifferenceSeen", "DifferenceEnded", "ParentAmended"} | ADDED_SINCE_0_2


def of_kind(facts: list[ev.Event], kind: type[Kind]) -> list[Kind]:
    return [fact for fact in facts if isinstance(fact, kind)]


def version_of(path: Path) -> str:
    connection = sqlite3.connect(path)
    found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    connection.close()
    return found


def test_every_row_of_release_0_1_is_read_with_defaults_for_what_it_lacks() -> None:
    rows = rows_of_release_0_1()
    facts = [codec.decode(name, version, body) for _, name, version, body in rows]
    assert {row[1] for row in rows} == {kind.__name__ for kind in ev.FACTS} - ADDED_SINCE_0_1
    [sending] = of_kind(facts, ev.OrderSending)
    assert (sending.order.is_unwanted, sending.order.is_presumed, sending.order.state) == (False, False, "sending")
    [moved] = of_kind(facts, ev.OrderMoved)
    assert (moved.state, moved.is_presumed) == (OrderState.UNKNOWN, False)
    [started] = of_kind(facts, ev.ParentStarted)
    assert (started.parent.type, started.parent.post_only) == (OrderType.FAK, False)
    assert [halted.everything for halted in of_kind(facts, ev.Halted)] == [False]
    assert [halted.reason for halted in of_kind(facts, ev.PairHalted)] == ["differs", ""]
    assert [noted.is_alert for noted in of_kind(facts, ev.Noted)] == [False]


def test_every_row_of_release_0_2_is_read_with_defaults_for_what_it_lacks() -> None:
    rows = rows_of(RELEASE_0_2)
    facts = [codec.decode(name, version, body) for _, name, version, body in rows]
    assert {row[1] for row in rows} == {kind.__name__ for kind in ev.FACTS} - ADDED_SINCE_0_2
    [started] = of_kind(facts, ev.ParentStarted)
    assert (started.parent.algorithm, started.parent.how, started.parent.entry_id) == (Algorithm.TWAP, How(), "")
    assert (started.parent.planned_from, started.parent.planned_done) == (0, 0)
    assert [moved.vwap for moved in of_kind(facts, ev.ParentMoved)] == [0]


def test_a_database_of_release_0_1_is_migrated_with_all_its_facts_and_the_ids_of_its_orders(tmp_path: Path) -> None:
    path, rows = tmp_path / "desk.sqlite", rows_of_release_0_1()
    old_database(path, rows)
    store = Store(path)
    assert version_of(path) == HEAD
    assert list(store.load()) == [codec.decode(name, version, body) for _, name, version, body in rows]
    assert store.intents() == {"0x1": "0xc0ffee"}
    assert store.get("account") == "practice"
    assert store.take_over() == 1
    store.close()


def test_an_intent_that_cannot_be_read_does_not_cost_the_others_ids(tmp_path: Path) -> None:
    path, rows = tmp_path / "desk.sqlite", rows_of_release_0_1()
    broken = [(1, "OrderSending", 1, body) for body in ("{broken", "[]", '{"order": {"id": 1}}', '{"order": null}')]
    old_database(path, [*broken, *rows])
    store = Store(path)
    assert store.intents() == {"0x1": "0xc0ffee"}
    with pytest.raises(FailedError, match="OrderSending cannot be read"):
        list(store.load())
    store.close()


def test_a_migration_that_is_killed_half_way_has_changed_nothing(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    old_database(path, rows_of_release_0_1())
    engine = open_engine(path, "FULL")

    def killed() -> None:
        with writing(engine) as connection:
            migrate(connection, "head")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    engine.dispose()
    assert version_of(path) == "0001"
    store = Store(path)
    assert store.intents() == {"0x1": "0xc0ffee"}
    store.close()
