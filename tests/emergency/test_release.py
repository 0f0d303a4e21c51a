"""Releasing a halt from the command line: only a proven one, only without a desk, and only by the word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, RefusedError, UsageError
from cockpit.core.market import Leg, Side
from cockpit.core.parent import Algorithm, Parent, ParentState
from cockpit.core.units import SHARE
from cockpit.emergency.release import release
from cockpit.place import JOURNAL, LATCH, take
from cockpit.storage.journal import row_of
from cockpit.storage.latch import FileLatch, LatchState
from cockpit.storage.store import Store
from tests.emergency.accounts import an_account, halt, latch_of, let_an_hour_pass


def _release(folder: Path, word: str = "RELEASE") -> str:
    return release(folder, "power", lambda reason: word)


def _facts(folder: Path) -> list[ev.Event]:
    store = Store(folder / JOURNAL)
    found = list(store.load())
    store.close()
    return found


def test_a_proven_halt_is_released_in_the_journal_and_on_disk_and_its_plans_do_not_go_on(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    store = Store(folder / JOURNAL)
    parent = Parent("P-1", "m-1", Leg.YES, Side.BUY, SHARE, 5000, Algorithm.TWAP, (), 10**15, 1)
    store.write([row_of(ev.ParentStarted(1, parent))])
    store.close()
    let_an_hour_pass(folder)
    assert halt(folder, "fire").is_done
    assert "released: it was halted for fire" in _release(folder)
    assert FileLatch(folder / LATCH).read() is None
    told = _facts(folder)[1:]
    assert [type(fact).__name__ for fact in told] == ["Halted", "ParentMoved", "Released", "Noted"]
    assert isinstance(told[1], ev.ParentMoved)
    assert told[1].state is ParentState.STOPPED
    assert _release(folder) == "not halted: nothing to release"


def test_a_halt_that_is_not_proven_cannot_be_released(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    FileLatch(folder / LATCH).set_now(LatchState("fire", 1))
    with pytest.raises(RefusedError, match="ORDERS NOT PROVEN ZERO"):
        _release(folder)
    (folder / LATCH).write_text("{")
    with pytest.raises(RefusedError, match="ORDERS NOT PROVEN ZERO"):
        _release(folder)
    assert FileLatch(folder / LATCH).read() is not None


def test_a_halt_that_only_the_journal_knows_of_must_be_proven_before_it_is_released(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    store = Store(folder / JOURNAL)
    store.write([row_of(ev.Halted(1, "daily loss"))])
    store.close()
    let_an_hour_pass(folder)
    with pytest.raises(RefusedError, match="run cockpit halt"):
        _release(folder)
    assert halt(folder).is_done
    _release(folder)
    assert isinstance(_facts(folder)[-2], ev.Released)


def test_another_word_releases_nothing(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    assert halt(folder).is_done
    with pytest.raises(UsageError, match="'release' is not the word: type RELEASE"):
        _release(folder, "release")
    assert latch_of(folder).is_proven


def test_while_a_desk_runs_it_is_released_on_its_screen(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    assert halt(folder).is_done
    place = take(folder)
    assert place is not None
    with pytest.raises(RefusedError, match=f"a desk runs .process {os.getpid()}"):
        _release(folder)
    place.release()
    assert latch_of(folder).is_proven


def test_a_journal_that_cannot_be_written_keeps_thehalt(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    assert halt(folder).is_done
    for path in folder.glob(f"{JOURNAL}*"):
        path.unlink()
    (folder / JOURNAL).write_bytes(b"no database" * 1000)
    with pytest.raises(FailedError):
        _release(folder)
    assert latch_of(folder).is_proven


def test_without_a_journal_none_is_made_and_nothing_is_released(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    for path in folder.glob(f"{JOURNAL}*"):
        path.unlink()
    with pytest.raises(FailedError, match="there is no journal"):
        _release(folder)
    assert not (folder / JOURNAL).exists()


def test_a_latch_that_cannot_be_lifted_keeps_the_halt_and_says_so(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    assert halt(folder, "fire").is_done
    (folder / f"{LATCH}.new").mkdir()
    with pytest.raises(FailedError, match="still halted"):
        _release(folder)
    assert latch_of(folder).reason == "fire"
