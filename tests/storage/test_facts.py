"""A journal read for a report: whose ever it is just now, and whatever state it is in."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.errors import FailedError
from cockpit.storage.facts import read_facts
from cockpit.storage.journal import row_of
from cockpit.storage.store import Store

FACTS: list[ev.Event] = [ev.DeskStarted(1, "practice", "a"), ev.CashMoved(2, 5, "opening"), ev.Noted(3, "info", "x")]


def test_facts_come_in_their_order_while_a_desk_has_the_journal_open(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    store.take_over()
    for count, fact in enumerate(FACTS, 1):
        store.write([row_of(fact)])
        assert read_facts(store.path or tmp_path) == FACTS[:count]
    store.close()
    assert read_facts(tmp_path / "desk.sqlite") == FACTS


def test_a_desk_that_is_writing_is_not_waited_for(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    store.write([row_of(FACTS[0])])
    with sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert read_facts(tmp_path / "desk.sqlite") == FACTS[:1]
        writer.execute("ROLLBACK")
    writer.close()
    store.close()


def test_what_is_no_journal_or_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="there is no journal"):
        read_facts(tmp_path / "desk.sqlite")
    (tmp_path / "text").write_text("this is a text, and a long one, so that nobody takes it for a database" * 40)
    with pytest.raises(FailedError, match="not a database of the cockpit"):
        read_facts(tmp_path / "text")
    store = Store(tmp_path / "desk.sqlite")
    store.write([(1, "Invented", 1, "{}")])
    store.close()
    with pytest.raises(FailedError, match="written by a newer cockpit"):
        read_facts(tmp_path / "desk.sqlite")
