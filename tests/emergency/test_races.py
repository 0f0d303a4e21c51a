"""Emergency commands beside each other, beside desks that come and go, and killed in the middle."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from cockpit.compose import practice_desk
from cockpit.core.errors import RefusedError
from cockpit.emergency import alone, commands
from cockpit.emergency.outcome import Outcome
from cockpit.emergency.release import release
from cockpit.place import EXCHANGE, LATCH, Holder, take
from cockpit.settings_sources import load
from cockpit.storage.latch import FileLatch, LatchState
from tests.emergency.accounts import SEED, an_account, halt, latch_of, open_ids

PROVEN = LatchState("fire", 5, is_proven=True)


@pytest.mark.parametrize("is_first_wider", [False, True])
def test_of_two_halts_at_once_the_wider_one_holds_and_both_are_proven(tmp_path: Path, is_first_wider: bool) -> None:
    folder = an_account(tmp_path, own=["own-1"], foreign=["theirs"])

    async def play() -> list[Outcome]:
        first = asyncio.create_task(commands.halt(folder, "first", everything=is_first_wider, wait_s=10))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(commands.halt(folder, "second", everything=not is_first_wider, wait_s=10))
        return [await first, await second]

    assert all(outcome.is_done for outcome in asyncio.run(play()))
    assert latch_of(folder).everything
    assert latch_of(folder).is_proven
    assert open_ids(folder) == set()


def test_a_proof_of_our_own_orders_only_proves_nothing_for_the_whole_account(tmp_path: Path) -> None:
    """A desk in the middle of a smaller halt writes its proof over the wider latch."""
    folder = an_account(tmp_path, foreign=["theirs"])

    async def play() -> Outcome:
        place, latch = take(folder), FileLatch(folder / LATCH)
        assert place is not None
        asyncio.get_running_loop().call_later(0.3, latch.set_now, LatchState("fire", 5, is_proven=True))
        outcome = await commands.halt(folder, "test", everything=True, wait_s=1)
        place.release()
        return outcome

    assert not asyncio.run(play()).is_done
    assert latch_of(folder).everything
    assert not latch_of(folder).is_proven
    assert open_ids(folder) == {"theirs"}


def test_a_proof_that_the_exchange_contradicts_is_none(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    FileLatch(folder / LATCH).set_now(PROVEN)
    place = take(folder)
    assert place is not None
    assert not halt(folder, wait_s=0.3).is_done
    place.release()


def test_a_proof_with_orders_open_is_none(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    FileLatch(folder / LATCH).set_now(LatchState("fire", 5, is_proven=True, open_orders=1))
    place = take(folder)
    assert place is not None
    assert not halt(folder, wait_s=0.3).is_done
    place.release()
    with pytest.raises(RefusedError, match="NOT PROVEN"):
        release(folder, "power", lambda reason: "RELEASE")


def test_a_halted_desk_that_starts_again_has_to_prove_zero_again(tmp_path: Path) -> None:
    folder = an_account(tmp_path / "state", own=["own-1"])
    FileLatch(folder / LATCH).set_now(PROVEN)
    place = take(folder)
    assert place is not None

    async def start() -> None:
        desk = practice_desk(load(cockpit_seed=SEED), place)
        assert desk.state.halted == "fire"
        assert not desk.state.is_stop_proven
        await desk.venue.close()
        desk.journal.close()
        desk.history.close()

    asyncio.run(start())
    assert latch_of(folder) == LatchState("fire", 5)
    place.release()


def test_a_halt_that_is_killed_while_it_works_leaves_no_older_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    FileLatch(folder / LATCH).set_now(PROVEN)

    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(alone, "bring_to_zero", killed)
    with pytest.raises(KeyboardInterrupt):
        halt(folder)
    assert latch_of(folder) == LatchState("fire", 5)


def test_a_halt_while_somebody_types_the_word_of_release_wins(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    FileLatch(folder / LATCH).set_now(PROVEN)

    def ask(reason: str) -> str:
        outcome = halt(folder, "second fire", wait_s=10)
        assert outcome.is_done
        assert outcome.desk == ""
        return "RELEASE"

    with pytest.raises(RefusedError, match="halted again"):
        release(folder, "power", ask)
    assert latch_of(folder).is_proven


def test_looking_at_an_exchange_that_is_not_set_up_yet_leaves_it_alone(tmp_path: Path) -> None:
    folder = an_account(tmp_path)
    for path in folder.glob(f"{EXCHANGE}*"):
        path.unlink()
    (folder / EXCHANGE).touch()
    commands.preview(folder, everything=False)
    halt(folder)
    assert (folder / EXCHANGE).stat().st_size == 0


def test_an_exchange_that_is_gone_proves_nothing_about_orders_that_were_sent(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    for path in folder.glob(f"{EXCHANGE}*"):
        path.unlink()
    outcome = halt(folder)
    assert not outcome.is_done
    assert not (folder / EXCHANGE).exists()
    assert not latch_of(folder).is_proven


def test_an_exchange_that_somebody_locks_leaves_the_latch_and_proves_nothing(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    connection = sqlite3.connect(folder / EXCHANGE, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    outcome = halt(folder, wait_s=3)
    connection.close()
    assert not outcome.is_done
    assert "locked" in " ".join(outcome.troubles)
    assert [order.id for order in outcome.left] == ["own-1"]
    assert not latch_of(folder).is_proven
    assert halt(folder).is_done


def test_an_exchange_with_nonsense_in_it_is_said_and_proves_nothing(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    connection = sqlite3.connect(folder / EXCHANGE)
    connection.execute("UPDATE orders SET state = 'odd'")
    connection.commit()
    connection.close()
    outcome = halt(folder)
    assert not outcome.is_done
    assert "odd" in " ".join(outcome.troubles)


def test_a_folder_that_cannot_be_locked_is_said_and_the_latch_holds(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    folder.with_suffix(".lock").mkdir()
    outcome = halt(folder, wait_s=0.3)
    assert not outcome.is_done
    assert "cannot lock" in " ".join(outcome.troubles)
    assert latch_of(folder).reason == "test"


def test_cancel_all_proves_nothing_before_what_was_sent_last_has_arrived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = an_account(tmp_path)
    for path in folder.glob("desk.sqlite"):
        path.touch()
    monkeypatch.setattr(Holder, "signal", lambda who, number: True)
    place = take(folder)
    assert place is not None
    outcome = asyncio.run(commands.cancel_all(folder, everything=False, wait_s=1))
    place.release()
    assert not outcome.is_done


def test_cancel_all_does_it_itself_once_the_desk_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    monkeypatch.setattr(Holder, "signal", lambda who, number: True)

    async def play() -> Outcome:
        place = take(folder)
        assert place is not None
        asyncio.get_running_loop().call_later(0.3, place.release)
        return await commands.cancel_all(folder, everything=False, wait_s=10)

    outcome = asyncio.run(play())
    assert outcome.is_done
    assert outcome.desk == ""
    assert open_ids(folder) == set()
