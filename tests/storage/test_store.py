"""The journal: what went in comes out, and every way a database can be wrong has a sentence."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind
from cockpit.core.entry import Entry, EntryKind
from cockpit.core.errors import FailedError, RefusedError
from cockpit.core.gates import Input, Measured
from cockpit.core.market import Leg, Market, Side, Stage
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.parent import Algorithm, Parent, ParentState, Slice
from cockpit.storage import codec
from cockpit.storage.journal import DirectJournal, row_of
from cockpit.storage.store import HEAD, Durability, Store

ORDER = Order("0x1", "c-1", "P-1", "m", Leg.NO, Side.SELL, 4800, 5_000_000)
FACTS: list[ev.Event] = [
    ev.DeskStarted(1, "practice", "practice", 7),
    ev.MarketListed(2, Market("m", "name", "title", ("1", "2"), ("Up", "Down"), 10, closes_at_ms=5)),
    ev.TickChanged(3, "m", 10),
    ev.MarketEnded(3, "m", 5000, owes=True),
    ev.CashMoved(4, -5, "transfer"),
    ev.DayStarted(5, "2026-11-20", 10),
    ev.SuggestionApproved(6, "c", "S-1", "m", "SELL_NO", 5, 6, 7, 8, "person"),
    ev.SuggestionDismissed(6, "S-1", "m"),
    ev.ParentStarted(7, Parent("P-1", "m", Leg.YES, Side.BUY, 5, 6, Algorithm.TWAP, (Slice(1, 2), Slice(3, 3)), 9, 1)),
    ev.ParentMoved(8, "P-1", ParentState.PAUSED, "why"),
    ev.ParentAmended(8, "P-1", 4900),
    ev.ParentPlanned(8, "P-1", 1, (Slice(4, 3),), 2, "slices were missed"),
    ev.EntryStarted(
        8, Entry("E-1", "m", EntryKind.MAKER_TAKER, Leg.NO, 5_000_000, (4800, 4900), 8, 9), "c", 7, (4700, 4900)
    ),
    ev.EntryMoved(9, "E-1", ParentState.DONE, "5 of 5 pairs"),
    ev.ConversionAsked(9, Conversion("0x2", "m", ConversionKind.MERGE, 5_000_000, 9, "person"), "c"),
    ev.PairsMerged(9, "m", 5_000_000, "0x2"),
    ev.ConversionFailed(9, "0x3", "not enough shares"),
    ev.ClaimRedeemed(9, "m", 5_000_000, "0x4"),
    ev.ResolutionMoved(9, "m", Stage.PROPOSED),
    ev.PairModeSet(9, "m", "auto"),
    ev.SliceSkipped(8, "P-1", 1, "HALTED", "detail"),
    ev.Decided(
        8,
        "0x1",
        "order",
        "m",
        "sent",
        (Measured("order size", True, 5, 9),),
        (Input("b", "1", 5),),
    ),
    ev.OrderSending(9, ORDER),
    ev.OrderMoved(10, "0x1", OrderState.UNKNOWN, "no answer", 3, is_presumed=True),
    ev.FillSeen(
        11, Fill("t", "0x1", "m", Leg.NO, Side.SELL, 48, 5, 2, 1, False, 3, FillStatus.MINED), is_external=True
    ),
    ev.FillMoved(12, "t", "0x1", FillStatus.FAILED),
    ev.Halted(13, "by a person", everything=True),
    ev.StopProven(14),
    ev.Released(14),
    ev.ReducingSet(15, "daily loss"),
    ev.DifferenceSeen(15, "shares/m/YES", "SHARES", "m", 5_000_000, 0, "5 YES here, none at the venue"),
    ev.DifferenceEnded(15, "shares/m/YES", "accepted"),
    ev.PairHalted(15, "m", "differs"),
    ev.Noted(16, "info", "text with \u20ac and ' and \" and \n", is_alert=True),
]


def test_every_kind_of_fact_is_written_and_read_back_equal(tmp_path: Path) -> None:
    assert {type(fact) for fact in FACTS} == set(ev.FACTS)
    store = Store(tmp_path / "new" / "desk.sqlite")
    journal = DirectJournal(store)
    for fact in FACTS:
        journal.append(fact)
    journal.close()
    again = Store(tmp_path / "new" / "desk.sqlite")
    assert list(again.load()) == FACTS
    again.close()


@given(st.text(), st.integers(-(2**62), 2**62))
def test_any_text_and_any_64_bit_number_survive_the_codec(text: str, number: int) -> None:
    fact = ev.CashMoved(1, number, text.encode("utf-8", "ignore").decode())
    assert codec.decode(*codec.encode(fact)) == fact


def test_the_head_constant_is_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    import cockpit.storage as storage

    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_migrated_database_has_the_tables_the_code_uses(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from cockpit.storage.tables import metadata

    store = Store(tmp_path / "desk.sqlite")
    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_a_database_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(FailedError, match="newer cockpit"):
        Store(path)


def test_an_unknown_or_newer_fact_refuses_the_start() -> None:
    with pytest.raises(FailedError, match="newer cockpit"):
        codec.decode("SomethingNew", 1, "{}")
    with pytest.raises(FailedError, match="newer cockpit"):
        codec.decode("Noted", 2, "{}")
    with pytest.raises(FailedError, match="cannot be read"):
        codec.decode("Noted", 1, "{broken")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    path.write_text("hello, this is not a database at all " * 50)
    with pytest.raises(FailedError, match="not a database"):
        Store(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FailedError, match="cannot create the folder"):
        Store(tmp_path / "file" / "desk.sqlite")


def test_a_database_of_another_account_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite")
    store.bind({"account": "alice"})
    store.bind({"account": "alice"})
    with pytest.raises(RefusedError, match="alice"):
        store.bind({"account": "bob"})
    store.close()


@pytest.mark.parametrize(("durability", "synchronous"), [("power", 2), ("process", 1)])
def test_a_commit_waits_for_the_disk_when_it_must_outlive_a_power_cut(
    tmp_path: Path, durability: Durability, synchronous: int
) -> None:
    store = Store(tmp_path / "desk.sqlite", durability)
    store.write([row_of(FACTS[0])])
    assert store._writer._cursor.execute("PRAGMA synchronous").fetchone() == (synchronous,)
    assert store._writer._cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.close()


def test_looking_at_a_database_does_not_hold_up_its_desk(tmp_path: Path) -> None:
    desk, tool = Store(tmp_path / "desk.sqlite"), Store(tmp_path / "desk.sqlite")
    desk.write([row_of(fact) for fact in FACTS])
    reading = tool.load()
    assert next(reading) == FACTS[0]
    desk.write([row_of(FACTS[-1])])
    assert list(reading) == FACTS[1:]  # as it was when the reading began
    desk.close()
    tool.close()
