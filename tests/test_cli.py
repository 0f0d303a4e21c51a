"""What a person types, rightly and wrongly: sentences and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.cli import run
from tests.emergency.accounts import an_account

WALK = ["options", "--yes", "10@0.48", "--no", "6@0.49", "--yes-bid", "0.52", "--no-ask", "0.46", "--fee-rate", "0"]


def test_the_calculator_gives_the_walkthrough_to_the_cent(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*WALK, "--no-prefer-sell", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["if_yes_before"], found["if_no_before"]) == (2.26, -1.74)
    sell, buy = found["options"]
    assert sell == {
        "action": "SELL_YES",
        "shares": 4,
        "price": 0.52,
        "fee": 0,
        "profit": 0.16,
        "gain": 0.16,
        "locked_before": -1.74,
        "locked_after": 0.34,
        "if_yes_before": 2.26,
        "if_no_before": -1.74,
        "chosen": False,
    }
    assert (buy["action"], buy["profit"], buy["gain"], buy["locked_after"], buy["chosen"]) == (
        "BUY_NO", 0.42, 0.24, 0.42, True,
    )  # fmt: skip


def test_the_calculator_prefers_the_sale_when_asked_and_applies_minimums_only_when_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*WALK, "--prefer-sell", "--json"]) == 0
    options = json.loads(capsys.readouterr().out)["options"]
    assert [option["chosen"] for option in options] == [True, False]
    assert run([*WALK, "--min-size", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "dust"
    assert not any(option["chosen"] for option in found["options"])
    assert run(WALK) == 0
    assert "chosen: SELL_YES" in capsys.readouterr().out


def test_a_quote_left_out_is_the_mirror_of_the_other_leg(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["options", "--yes", "100@0.4", "--no", "90@0.4", "--yes-bid", "0.05", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    sell, buy = found["options"]
    assert buy["price"] == 0.95
    assert sell["gain"] == buy["gain"] == -3.5
    assert buy["profit"] > 0
    assert not sell["chosen"]
    assert not buy["chosen"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--frobnicate"], "--frobnicate"),
        (["fly"], "there is no command 'fly'; commands: amend, bid, cancel, cancel-all, enter, export, "),
        (["halt", "now"], "halt does not take 'now'; see cockpit halt --help"),
        (["--seed", "x"], "--seed"),
        (["--seed", "-1"], "--seed -1"),
        (["serve", "--for", "-3"], "--for"),
        (["serve", "--for", "nan"], "--for"),
        (["serve", "--speed", "0"], "--speed 0.0"),
        (["options", "--yes", "10@1.2", "--no", "1@0.5"], "--yes"),
        (["options", "--yes", "10@0", "--no", "1@0.5"], "between 0 and 1"),
        (["options", "--yes=-10@0.4", "--no", "1@0.5"], "--yes"),
        (["options", "--yes", "nan@0.4", "--no", "1@0.5"], "--yes"),
        (["options", "--yes", "10", "--no", "1@0.5"], "no price"),
        (["options", "--yes", "10@0.4", "--no", "1@0.5"], "--yes-bid"),
        (["options", "--yes", "10@0.4", "--no", "1@0.5", "--yes-bid", "1.5"], "--yes-bid"),
        (["options", "--yes", "10@0.4", "--no", "1@0.5", "--yes-bid", "0.5", "--fee-rate", "7"], "--fee-rate"),
        (["options", "--no", "1@0.5"], "--yes"),
        (["replay", "/no/such/file"], "/no/such/file"),
        (["replay", "/no/such/file", "--no-screen", "--json"], "/no/such/file"),
        (["replay", "--speed", "-1"], "--speed"),
        (["replay", "--hold", "60"], "--hold"),
        (["halt"], "there is no account in"),
        (["halt", "--seed", "8"], "there are practice-7"),
        (["halt", "--seed", "7", "--wait", "0"], "--wait 0"),
        (["halt", "--seed", "7", "--wait", "nan"], "--wait nan"),
        (["halt", "--seed", "7", "--reason", ""], "--reason ''"),
        (["halt", "--seed", "7", "--reason", "\x1b[2J"], "--reason"),
        (["halt", "--seed", "7", "--reason", "x" * 201], "1 to 200 characters"),
        (["cancel-all", "--seed", "7", "--wait", "inf"], "--wait inf"),
        (["release", "--seed", "8"], "there is no account in"),
        (["release", "--seed", "7"], "--word RELEASE"),
    ],
)
def test_whatever_is_typed_wrong_is_one_sentence_and_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "state" / "practice-7").mkdir(parents=True)
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("cockpit: ")
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("arguments", [["serve", "--seed", "7", "--for", "1", "--json"], ["replay", "--no-screen"]])
def test_output_that_cannot_be_written_is_exit_code_1_and_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("w") as out:
        done = subprocess.run(
            [sys.executable, "-m", "cockpit", *arguments], stdout=out, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
    assert done.returncode == 1
    assert "output cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_screen_without_a_terminal_says_what_to_use_instead(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "cockpit serve" in capsys.readouterr().err


def test_an_unwritable_state_folder_is_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COCKPIT_STATE_DIR", str(tmp_path / "file" / "below"))
    assert run(["serve", "--for", "1"]) == 1
    assert "COCKPIT_STATE_DIR" in capsys.readouterr().err


def test_addresses_for_alerts_that_cannot_be_used_are_exit_code_2_and_stay_hidden(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COCKPIT_ALERT_URLS", "nonsense://hidden-token")
    assert run(["serve", "--for", "1"]) == 2
    err = capsys.readouterr().err
    assert "COCKPIT_ALERT_URLS: address 1 of 1" in err
    assert "hidden-token" not in err


def test_faults_that_do_not_exist_are_named_with_those_that_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COCKPIT_FAULTS", "post.lst=0.1")
    assert run(["serve", "--for", "1"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("cockpit: environment: COCKPIT_FAULTS is 'post.lst=0.1': there is no fault 'post.lst'")
    assert "post.lost" in err


def test_a_halt_without_a_desk_to_be_found_says_what_there_is_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "state" / "practice").mkdir(parents=True)
    assert run(["halt", "--seed", "3"]) == 2
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["practice"]


@pytest.mark.parametrize("is_early", [True, False])
def test_a_halt_that_is_interrupted_is_never_taken_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_early: bool
) -> None:
    an_account(tmp_path / "state")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        "cockpit.settings_sources.load_place" if is_early else "cockpit.emergency.outcome.glance", interrupted
    )
    assert run(["halt", "--seed", "7"]) == (1 if is_early else 5)
    err = capsys.readouterr().err
    assert err == f"cockpit: interrupted{'' if is_early else ': ORDERS NOT PROVEN ZERO'}\n"


def test_a_preview_that_cannot_tell_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (an_account(tmp_path / "state") / "desk.sqlite").unlink()
    assert run(["halt", "--seed", "7", "--preview"]) == 1
    said = capsys.readouterr()
    assert "there is no journal" in said.err
    assert "would cancel 0 orders" in said.out


def _loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_and_the_calculator_load_neither_screen_nor_database() -> None:
    loaded = _loaded("from cockpit.cli import run\nrun(['options','--yes','1@0.4','--no','1@0.4'])")
    assert not {"textual", "sqlalchemy", "alembic", "polymarket"} & loaded
