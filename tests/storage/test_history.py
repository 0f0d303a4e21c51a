"""Telemetry: kept in order and within bounds, and whatever its disk does, the desk never notices."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cockpit.core.errors import FailedError
from cockpit.storage.history import SCHEMA, History, MemoryHistory, NoHistory, read_history
from cockpit.storage.thread_history import ThreadHistory


def locked(path: Path) -> sqlite3.Connection:
    """A database somebody else is writing to, until the connection is closed."""
    ThreadHistory(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def ids(path: Path) -> list[int]:
    connection = sqlite3.connect(path)
    found = [row[0] for row in connection.execute("SELECT id FROM samples ORDER BY id")]
    connection.close()
    return found


@pytest.mark.parametrize("kind", ["thread", "memory"])
def test_numbers_are_read_as_they_were_recorded(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "new" / "history.sqlite"
    history: History = ThreadHistory(path) if kind == "thread" else MemoryHistory()
    for at_ms in range(5):
        history.record("delta", at_ms, "m-1", at_ms * at_ms)
        history.record("delta", at_ms, "m-2", -at_ms)
        history.record("equity", at_ms, "", 2**63 - 1)
    history.close()
    assert history.read("delta", "m-1") == [(0, 0), (1, 1), (2, 4), (3, 9), (4, 16)]
    assert history.read("delta", since_ms=4) == [(4, 16), (4, -4)]
    assert history.read("equity", "") == [(at_ms, 2**63 - 1) for at_ms in range(5)]
    assert history.read("delta", "m-3") == history.read("nothing") == []
    assert (history.failure, history.dropped) == ("", 0)


def test_no_history_keeps_nothing() -> None:
    history: History = NoHistory()
    history.record("delta", 1, "m", 2)
    history.close()
    assert (history.read("delta"), history.dropped, history.failure) == ([], 0, "")


def test_memory_keeps_the_newest() -> None:
    history = MemoryHistory(keep=2)
    for at_ms in range(5):
        history.record("delta", at_ms, "m", at_ms)
    assert history.read("delta") == [(3, 3), (4, 4)]


def test_the_next_start_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for start in range(3):
        history = ThreadHistory(tmp_path / "history.sqlite")
        history.record("equity", start, "", start)
        history.close()
    assert read_history(tmp_path / "history.sqlite", "equity") == [(0, 0), (1, 1), (2, 2)]


def test_what_finds_no_room_is_dropped_and_counted(tmp_path: Path) -> None:
    busy = locked(tmp_path / "history.sqlite")
    history = ThreadHistory(tmp_path / "history.sqlite", max_waiting=10)
    for at_ms in range(100):
        history.record("delta", at_ms, "m", at_ms)
    assert history.dropped == 90
    busy.close()
    history.close()
    assert history.read("delta") == [(at_ms, at_ms) for at_ms in range(10)]
    assert (history.dropped, history.failure) == (90, "")


def test_the_table_is_bounded_and_shrinks_in_small_steps(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"

    def run(keep: int, count: int) -> list[int]:
        history = ThreadHistory(path, keep=keep)
        for number in range(count):
            history.record("delta", number, "m", number)
        history.close()
        assert history.failure == ""
        return ids(path)

    assert run(keep=100, count=1000) == list(range(901, 1001))
    assert run(keep=100, count=1) == list(range(902, 1002))
    # With a smaller bound than before at most two old rows go for each new one.
    assert run(keep=10, count=1) == list(range(904, 1003))
    assert run(keep=1, count=1000) == [2002]


def test_a_number_no_database_takes_costs_only_itself(tmp_path: Path) -> None:
    busy = locked(tmp_path / "history.sqlite")
    history = ThreadHistory(tmp_path / "history.sqlite")
    history.record("delta", 1, "m", 1)
    history.record("delta", 2, "m", 2**63)
    history.record("delta", 3, "\ud800", 3)
    history.record("delta", 4, "m", None)  # type: ignore[arg-type]
    history.record("delta", 5, "m", 5)
    busy.close()
    history.close()
    assert history.read("delta") == [(1, 1), (5, 5)]
    assert (history.dropped, history.failure) == (3, "")


def files_that_cannot_be_used(folder: Path) -> dict[str, Path]:
    (folder / "file").write_text("")
    (folder / "folder").mkdir()
    (folder / "garbage").write_text("this is not a database " * 99)
    newer = sqlite3.connect(folder / "newer")
    newer.execute(f"PRAGMA user_version={SCHEMA + 1}")
    newer.close()
    other = sqlite3.connect(folder / "other")
    other.execute("CREATE TABLE samples (id INTEGER PRIMARY KEY)")
    other.close()
    return {
        "File exists": folder / "file" / "history.sqlite",
        "cannot be written": folder / "folder",
        "is not a database": folder / "garbage",
        "newer cockpit": folder / "newer",
        "no column": folder / "other",
    }


def test_a_file_that_cannot_be_used_turns_it_off_with_a_sentence(tmp_path: Path) -> None:
    for words, path in files_that_cannot_be_used(tmp_path).items():
        history = ThreadHistory(path)
        history.record("delta", 1, "m", 1)
        history.close()
        assert history.failure.startswith("history is off: ")
        assert words in history.failure
        history.record("delta", 2, "m", 2)
        assert history.dropped == 2
        assert history.read("delta") == []
        history.close()


def test_a_disk_that_fails_later_turns_it_off_and_what_was_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    history = ThreadHistory(path)
    history.record("delta", 1, "m", 1)
    history.close()
    full = sqlite3.connect(path)
    full.execute("CREATE TRIGGER full BEFORE INSERT ON samples BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")
    full.commit()
    full.close()
    history = ThreadHistory(path)
    for at_ms in range(2, 5):
        history.record("delta", at_ms, "m", at_ms)
    history.close()
    assert "disk I/O error" in history.failure
    assert history.dropped == 3
    assert history.read("delta") == [(1, 1)]


def test_reading_what_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no history was recorded here"):
        read_history(tmp_path / "history.sqlite", "delta")
    paths = files_that_cannot_be_used(tmp_path)
    with pytest.raises(FailedError, match="not a database"):
        read_history(paths["is not a database"], "delta")
    with pytest.raises(FailedError, match="schema"):
        read_history(paths["newer cockpit"], "delta")
