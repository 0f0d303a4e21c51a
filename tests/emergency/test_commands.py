"""Halt, cancel all and preview: what they do at the venue, on disk, and when something is broken."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.core.errors import RefusedError
from cockpit.core.order import OrderState
from cockpit.core.units import SHARE
from cockpit.emergency import commands
from cockpit.emergency.outcome import Outcome
from cockpit.emergency.text import to_json, to_text
from cockpit.place import EXCHANGE, JOURNAL, LATCH, Holder, take
from cockpit.storage.latch import FileLatch, LatchState
from tests.emergency.accounts import an_account, halt, latch_of, let_an_hour_pass, open_ids


def test_a_halt_without_a_desk_cancels_our_orders_leaves_others_and_latches_the_proof(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1", "own-2"], foreign=["theirs"])
    outcome = halt(folder, "fire")
    assert outcome.is_done
    assert {order.id for order in outcome.ended} == {"own-1", "own-2"}
    assert open_ids(folder) == {"theirs"}
    state = latch_of(folder)
    assert (state.reason, state.everything, state.is_proven, state.open_orders) == ("fire", False, True, 0)
    text = to_text(outcome)
    assert "halted: fire" in text
    assert "cancelled 2 orders\n  buy 10 Yes @ 0.01 Harbour bill (own-1)" in text
    assert "left alone, not the desk's own: 1 order" in text
    assert "stays UNHEDGED: Harbour bill: 60 Yes, 20 No: 40 Yes too many" in text
    assert text.endswith("proven: none of them is open any more, looked at twice")


def test_a_halt_for_everything_cancels_the_whole_account(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"], foreign=["theirs"])
    outcome = halt(folder, everything=True)
    assert outcome.is_done
    assert open_ids(folder) == set()
    assert latch_of(folder).everything


def test_a_second_halt_keeps_reason_and_time_of_the_first_and_never_narrows_it(tmp_path: Path) -> None:
    folder = an_account(tmp_path, foreign=["theirs"])
    first = LatchState("first", 5, everything=True)
    FileLatch(folder / LATCH).set_now(first)
    assert halt(folder, "second").is_done
    assert latch_of(folder) == LatchState("first", 5, everything=True, is_proven=True)
    assert open_ids(folder) == set()


def test_an_account_without_any_order_is_proven_too(tmp_path: Path) -> None:
    assert halt(an_account(tmp_path)).is_done


@pytest.mark.parametrize("damage", ["garbage", "empty", "missing"])
def test_with_a_journal_that_cannot_be_read_nothing_is_cancelled_unless_everything_is(
    tmp_path: Path, damage: str
) -> None:
    folder = an_account(tmp_path, own=["own-1"], foreign=["theirs"])
    for path in folder.glob(f"{JOURNAL}*"):
        path.unlink()
    if damage != "missing":
        (folder / JOURNAL).write_bytes(b"" if damage == "empty" else b"no database" * 1000)
        let_an_hour_pass(folder)
    outcome = halt(folder)
    assert not outcome.is_done
    assert open_ids(folder) == {"own-1", "theirs"}
    assert not latch_of(folder).is_proven
    assert "own orders cannot be told from others'" in outcome.troubles[0]
    assert "--everything" in outcome.troubles[1]
    assert "proven" not in to_text(outcome)
    outcome = halt(folder, everything=True)
    assert outcome.is_done
    assert open_ids(folder) == set()
    assert latch_of(folder).is_proven


def test_an_exchange_that_cannot_be_read_leaves_the_latch_and_proves_nothing(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    for path in folder.glob(f"{EXCHANGE}*"):
        path.unlink()
    (folder / EXCHANGE).write_bytes(b"no database" * 1000)
    outcome = halt(folder)
    assert not outcome.is_done
    assert not latch_of(folder).is_proven
    assert "what is held is not known" in to_text(outcome)


def test_a_latch_that_cannot_be_written_is_said_and_the_orders_are_cancelled_all_the_same(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    (folder / LATCH / "in the way").mkdir(parents=True)
    outcome = halt(folder)
    assert open_ids(folder) == set()
    assert outcome.is_proven
    assert not outcome.is_done
    assert "NOT latched" in outcome.troubles[0]


def test_cancel_all_without_a_desk_cancels_and_does_nothalt(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"], foreign=["theirs"])
    outcome = asyncio.run(commands.cancel_all(folder, everything=False, wait_s=10))
    assert outcome.is_done
    assert open_ids(folder) == {"theirs"}
    assert not (folder / LATCH).exists()


def test_the_preview_says_what_a_halt_would_do_and_changes_nothing(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"], foreign=["theirs"])
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".sqlite"}
    outcome = commands.preview(folder, everything=False)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".sqlite"} == before
    assert not (folder / LATCH).exists()
    assert open_ids(folder) == {"own-1", "theirs"}
    assert to_text(outcome).startswith("would cancel 1 order\n  buy 10 Yes @ 0.01 Harbour bill (own-1)\nleft alone")
    found = json.loads(json.dumps(to_json(outcome)))
    assert [row["id"] for row in found["would_cancel"]] == ["own-1"]
    assert [row["id"] for row in found["foreign"]] == ["theirs"]
    assert [(row["name"], row["unhedged"]) for row in found["unbalanced"].values()] == [("Harbour bill", "40")]


def test_an_order_that_was_filled_before_its_cancel_is_not_called_cancelled(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1", "own-2"])
    outcome = halt(folder)
    outcome.ended = (replace(outcome.ended[0], state=OrderState.FILLED, filled=10 * SHARE), outcome.ended[1])
    text = to_text(outcome)
    assert "cancelled 1 order\n  buy 10 Yes @ 0.02 Harbour bill (own-2)\n" in text
    assert "ended before they could be cancelled: 1 order\n  buy 10 Yes @ 0.01 Harbour bill (own-1), 10 of it" in text
    assert [row["state"] for row in to_json(outcome)["ended"]] == ["filled", "cancelled"]


# ---- with somebody else in the folder ----


def test_a_holder_that_proves_nothing_in_time_is_named_and_the_latch_stays(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    place = take(folder)
    assert place is not None
    folder.with_suffix(".holder").write_text("process 999999999 (desk), since long ago")
    outcome = halt(folder, wait_s=0.3)
    place.release()
    assert not outcome.is_done
    assert not latch_of(folder).is_proven
    assert "process 999999999 (desk), since long ago has not proven it" in outcome.troubles[0]
    assert [order.id for order in outcome.left] == ["own-1"]


def test_a_desk_that_ends_before_it_has_proven_anything_is_replaced_by_the_command(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])

    async def play() -> Outcome:
        place = take(folder)
        assert place is not None
        folder.with_suffix(".holder").unlink()
        asyncio.get_running_loop().call_later(0.3, place.release)
        return await commands.halt(folder, "test", everything=False, wait_s=10)

    outcome = asyncio.run(play())
    assert outcome.is_done
    assert outcome.desk == ""
    assert open_ids(folder) == set()


def test_a_running_desk_that_cannot_be_reached_cannot_be_asked_to_cancel(tmp_path: Path) -> None:
    folder = an_account(tmp_path, own=["own-1"])
    place = take(folder)
    assert place is not None
    folder.with_suffix(".holder").unlink()
    with pytest.raises(RefusedError, match="use cockpit halt"):
        asyncio.run(commands.cancel_all(folder, everything=False, wait_s=1))
    with pytest.raises(RefusedError, match="use cockpit halt --everything"):
        asyncio.run(commands.cancel_all(folder, everything=True, wait_s=1))
    place.release()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="this system does not tell whose a process is")
def test_a_process_number_that_was_given_to_another_program_is_not_signalled() -> None:
    stranger = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE)
    try:
        assert not Holder("stranger", stranger.pid, "desk").signal(signal.SIGUSR1)
        assert stranger.poll() is None
    finally:
        stranger.communicate()


def test_the_commands_load_neither_the_screen_nor_the_desk() -> None:
    script = "import sys\nfrom cockpit.emergency import cli, commands, text\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {"textual", "alembic", "cockpit.desk.desk", "cockpit.core.fold"} & loaded
