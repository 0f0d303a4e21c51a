"""The emergency commands as a person types them, beside real processes: halt, cancel-all, release."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.cli import run
from cockpit.place import JOURNAL, LATCH
from tests.emergency.accounts import an_account, latch_of, let_an_hour_pass, open_ids
from tests.end_to_end.processes import Desk, finish, start, wait_until
from tests.end_to_end.running import HALTED, SEED, desk_on

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Run a command line in this process, which is faster; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run_it(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, *SEED])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_it


def _names(desk: Desk) -> list[str]:
    return [line.get("event", "") for line in desk.lines]


def test_a_halt_without_a_desk_ends_our_orders_and_holds_until_it_is_released(tmp_path: Path, typed: Typed) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    code, (found,), err = finish(start(tmp_path, "halt", *SEED, "--reason", "fire", "--json"))
    assert (code, err) == (0, "")
    assert (found["halted"], found["proven"]) == ("fire", True)
    assert [row["id"] for row in found["ended"]] == ["own-1"]
    assert [row["id"] for row in found["foreign"]] == ["theirs"]
    assert open_ids(account) == {"theirs"}

    with desk_on(tmp_path, COCKPIT_PAIR_MODE="auto") as desk:
        desk.wait_for("StopProven")  # every desk proves it anew
        assert desk.end() == (HALTED, "")
    assert "fire" in desk.lines[-1]["summary"]["halted"]
    assert "OrderSending" not in _names(desk)

    code, lines, err = finish(start(tmp_path, "release", *SEED, "--word", "PLEASE"))
    assert (code, lines) == (2, [])
    assert "type RELEASE; still halted" in err
    assert typed("release", "--word", "RELEASE")[0] == 0
    code, lines, _ = finish(start(tmp_path, "serve", *SEED, "--for", "0.5", "--json"))
    assert code == 0
    assert lines[-1]["summary"]["halted"] == ""


def test_a_running_desk_is_halted_by_the_command_and_not_released_by_one(tmp_path: Path, typed: Typed) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    with desk_on(tmp_path) as desk:
        code, out, err = typed("halt", "--reason", "fire")
        assert (code, err) == (0, "")
        assert f"done by the desk that runs there (process {desk.process.pid} (desk), since" in out
        assert "cancelled 1 order\n" in out
        assert out.endswith("proven: none of them is open any more, looked at twice\n")
        desk.wait_for("StopProven")
        assert open_ids(account) == {"theirs"}
        code, _, err = typed("release", "--word", "RELEASE")
        assert code == 3
        assert "a desk runs" in err
        # The halt of the desk's own orders becomes one of the whole account.
        code, out, err = typed("halt", "--everything")
        assert (code, err) == (0, "")
        assert open_ids(account) == set()
        assert latch_of(account).everything
        assert latch_of(account).reason == "fire"
        assert desk.end() == (HALTED, "")


def test_two_halts_at_once_are_both_proven_by_thedesk_on(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"])
    with desk_on(tmp_path) as desk:
        halts = [start(tmp_path, "halt", *SEED, "--reason", reason, "--json") for reason in ("one", "two")]
        found = [finish(halt) for halt in halts]
        assert [(code, lines[0]["proven"], err) for code, lines, err in found] == [(0, True, "")] * 2
        assert desk.end() == (HALTED, "")
    assert open_ids(account) == set()
    assert latch_of(account).is_proven
    assert latch_of(account).reason in ("one", "two")


def test_cancel_all_reaches_a_running_desk_and_does_not_halt_it(tmp_path: Path, typed: Typed) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    with desk_on(tmp_path) as desk:
        code, out, err = typed("cancel-all")
        assert (code, err) == (0, "")
        assert "cancelled 1 order\n" in out
        assert open_ids(account) == {"theirs"}
        code, _, err = typed("cancel-all", "--everything")
        assert code == 3
        assert "halt --everything" in err
        assert desk.end() == (0, "")
    assert "Halted" not in _names(desk)


def test_with_an_unreadable_journal_a_halt_says_so_and_cancels_only_when_everything_may_go(
    tmp_path: Path, typed: Typed
) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    (account / JOURNAL).write_bytes(b"no database" * 1000)
    let_an_hour_pass(account)
    code, out, err = typed("halt")
    assert code == HALTED
    assert "own orders cannot be told from others'" in err
    assert err.endswith("cockpit: ORDERS NOT PROVEN ZERO\n")
    assert "left alone, not the desk's own: 2 orders" in out
    assert open_ids(account) == {"own-1", "theirs"}
    assert (account / LATCH).exists()
    assert typed("release", "--word", "RELEASE")[0] == 1
    assert typed("halt", "--everything")[0] == 0
    assert open_ids(account) == set()


def test_a_desk_that_stands_still_proves_nothing_and_obeys_the_latch_once_it_goes_on(
    tmp_path: Path, typed: Typed
) -> None:
    account = an_account(tmp_path / "state", own=["own-1"])
    with desk_on(tmp_path) as desk:
        desk.process.send_signal(signal.SIGSTOP)
        code, _, err = typed("halt", "--wait", "0.5")
        assert code == HALTED
        assert f"process {desk.process.pid} (desk)" in err
        assert err.endswith("ORDERS NOT PROVEN ZERO\n")
        assert open_ids(account) == {"own-1"}
        assert not latch_of(account).is_proven
        desk.process.send_signal(signal.SIGCONT)
        wait_until(lambda: latch_of(account).is_proven)
        assert open_ids(account) == set()
        assert typed("halt")[0] == 0
        assert desk.end() == (HALTED, "")


def test_a_desk_that_hangs_can_be_killed_and_the_command_does_it_itself(tmp_path: Path, typed: Typed) -> None:
    account = an_account(tmp_path / "state", own=["own-1"])
    with desk_on(tmp_path) as desk:
        desk.process.send_signal(signal.SIGSTOP)
        assert typed("halt", "--wait", "0.5")[0] == HALTED
        desk.end(signal.SIGKILL)
        assert open_ids(account) == {"own-1"}
        assert typed("halt")[0] == 0
        assert open_ids(account) == set()


def test_plans_of_a_killed_desk_do_not_go_on_after_halt_and_release(tmp_path: Path, typed: Typed) -> None:
    account = an_account(tmp_path / "state")
    with desk_on(tmp_path, "--speed", "10", COCKPIT_PAIR_MODE="auto", TIME_WINDOW_MINUTES="60") as desk:
        desk.wait_for("OrderSending")
        desk.end(signal.SIGKILL)
    let_an_hour_pass(account)
    assert typed("halt")[0] == 0
    assert typed("release", "--word", "RELEASE")[0] == 0
    code, lines, _ = finish(start(tmp_path, "serve", *SEED, "--for", "1.5", "--json"))
    assert code == 0
    assert [parent["state"] for parent in lines[-1]["summary"]["parents"].values()] == ["stopped"]
    assert "OrderSending" not in [line.get("event") for line in lines]


def test_a_report_that_nobody_reads_does_not_hide_that_nothing_is_proven(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"])
    (account / JOURNAL).unlink()
    process = start(tmp_path, "halt", *SEED)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == HALTED
    assert err.endswith("ORDERS NOT PROVEN ZERO\n")


def test_a_desk_whose_account_was_taken_over_ends_and_says_by_whom(tmp_path: Path) -> None:
    an_account(tmp_path / "state")
    with desk_on(tmp_path) as first:
        # A lock that somebody deleted, or that a file system does not keep, must not lead to two desks.
        (tmp_path / "state" / "practice-7.lock").unlink()
        with desk_on(tmp_path) as second:
            # The journal looks every second whether it may still write; a halt writes at once.
            first.process.send_signal(signal.SIGUSR1)
            first.process.wait(timeout=30)
            code, err = first.end()
            assert code == 3
            assert "another desk has taken over" in err
            assert f"process {second.process.pid}" in err
            second.end()
