"""`cockpit export`: the ledger of a practice session as CSV, its check, and everything that can be in the way."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.ledger import Row, rows_of
from cockpit.core.market import Leg
from cockpit.core.state import State
from cockpit.core.units import USD
from cockpit.ledger_cli import write_ledger
from cockpit.ledger_text import COLUMNS, amount
from cockpit.place import EXCHANGE, JOURNAL, take
from cockpit.storage.journal import row_of
from cockpit.storage.store import Store
from tests.core.builders import NOW, fill, market
from tests.practice_session import session_in
from tests.said import Said
from tests.storage.old import old_database, rows_of_release_0_1

SEED = ("--seed", "7")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State]:
    """The folder of an account on which a desk has worked, and what that knew when it ended."""
    folder = tmp_path_factory.mktemp("session") / "practice-7"
    folder.mkdir()
    return folder, session_in(folder)


@pytest.fixture
def account(session: tuple[Path, State], tmp_path: Path) -> Path:
    """A copy of that folder where commands look for it."""
    return Path(shutil.copytree(session[0], tmp_path / "state" / "practice-7"))


def a_journal(path: Path, *facts: ev.Event) -> Path:
    """Write a journal with these facts."""
    store = Store(path)
    store.write([row_of(fact) for fact in facts])
    store.close()
    return path


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def total(rows: Iterable[dict[str, str]], column: str) -> int:
    """Return an exact sum in millionths."""
    return int(sum((Decimal(row[column]) for row in rows), Decimal()) * 1_000_000)


# ---- a session ----


def test_the_rows_of_a_session_sum_to_what_its_desk_knew(
    session: tuple[Path, State], account: Path, said: Said, tmp_path: Path
) -> None:
    state = session[1]
    code, out, err = said("export", "--csv", "ledger.csv", *SEED)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("ok: ")
    rows = read((tmp_path / "ledger.csv").read_text())
    assert {row["kind"] for row in rows} == {"funding", "buy", "sell", "fee", "merge", "resolution", "redeem"}
    assert any(row["note"] == "taken back: the fill failed" for row in rows)
    assert total(rows, "cash_change") == state.cash_there
    assert total(rows, "claim_change") == state.owed
    for market_id, position in state.positions.items():
        for leg in Leg:
            name = state.markets[market_id].outcomes[leg]
            its = [row for row in rows if (row["market_id"], row["outcome"]) == (market_id, name)]
            assert total(its, "shares_change") == position.holding(leg).shares
    assert rows[-1]["balance_after"] == amount(state.cash_there)


def test_on_standard_output_the_check_goes_to_standard_error_and_says_it_was_compared(
    session: tuple[Path, State], account: Path, said: Said
) -> None:
    code, out, err = said("export", "--csv", "-", "--json", *SEED)
    assert code == 0
    rows, found = read(out), json.loads(err)
    assert (found["ok"], found["rows"], found["venue"], found["differs"]) == (True, len(rows), "compared", [])
    cash = {entry["what"]: entry["by_rows"] for entry in found["totals"]}
    assert cash["cash"] == cash["cash at the venue"] == amount(session[1].cash_there)
    assert all(Decimal(entry["difference"]) == 0 for entry in found["totals"])


def test_nothing_in_the_folder_changes(account: Path, said: Said) -> None:
    before = {path.name: path.read_bytes() for path in account.iterdir() if not path.name.endswith("-shm")}
    assert said("export", "--csv", "-", *SEED)[0] == 0
    after = {path.name: path.read_bytes() for path in account.iterdir() if not path.name.endswith(("-shm", "-wal"))}
    assert after == before


def test_rows_that_do_not_sum_to_the_account_end_with_1_and_the_first_is_named(
    account: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def corrupted(facts: Iterable[ev.Event]) -> list[Row]:
        rows = rows_of(facts)
        rows[4] = replace(rows[4], cash=rows[4].cash + 1)
        return rows

    assert write_ledger(account, str(tmp_path / "ledger.csv"), corrupted, is_json=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[0] == "cash"
    assert lines[1].split()[-1] == "0.000001"
    assert any(line.startswith("differs: row 5: its balance after") for line in lines)
    assert any(line.startswith("differs: row") and "cash off by 0.000001" in line for line in lines)
    assert lines[-1].startswith("NOT OK")


def test_a_venue_that_is_ahead_of_the_journal_ends_with_1_and_a_hint(account: Path, said: Said) -> None:
    connection = sqlite3.connect(account / EXCHANGE)
    connection.execute("UPDATE numbers SET value = CAST(value AS INTEGER) + 7 WHERE name = 'cash'")
    connection.commit()
    connection.close()
    code, out, _ = said("export", "--csv", "ledger.csv", *SEED)
    assert code == 1
    assert "start the desk once" in out
    assert "-0.000007" in out


# ---- beside others ----


def test_beside_a_running_desk_the_journal_is_read_and_the_venue_is_not(account: Path, said: Said) -> None:
    desk = take(account)
    assert desk is not None
    writer = sqlite3.connect(account / JOURNAL, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    code, out, err = said("export", "--csv", "ledger.csv", *SEED)
    writer.close()
    desk.release()
    assert (code, err) == (0, "")
    assert "not compared with the venue: a desk works there, process" in out
    assert "at the venue" not in out


def test_what_a_killed_desk_left_in_its_log_is_read(tmp_path: Path, said: Said) -> None:
    alive = Store(tmp_path / "alive" / JOURNAL)
    alive.write([row_of(ev.CashMoved(NOW, 5 * USD, "opening balance"))])
    folder = Path(shutil.copytree(tmp_path / "alive", tmp_path / "state" / "practice-7"))
    alive.close()
    assert (folder / f"{JOURNAL}-wal").stat().st_size
    code, out, _ = said("export", "--csv", "-", *SEED)
    assert code == 0
    assert [row["cash_change"] for row in read(out)] == ["5.000000"]


def test_a_journal_of_an_older_cockpit_is_read_without_migrating_it(tmp_path: Path, said: Said) -> None:
    path = tmp_path / "state" / "practice-7" / JOURNAL
    path.parent.mkdir(parents=True)
    old_database(path, rows_of_release_0_1())
    before = path.read_bytes()
    code, out, err = said("export", "--csv", "-", *SEED)
    assert code == 0
    assert "funding" in {row["kind"] for row in read(out)}
    assert "there is no exchange in the folder" in err
    assert path.read_bytes() == before


# ---- typed wrong, or in the way ----


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "--csv is needed"),
        (["--csv"], 2, "--csv needs a value"),
        (["--csv", ""], 2, "--csv '': give a file"),
        (["--csv", "--json"], 2, "--csv '--json': give a file"),
        (["--csv", "x", "--bogus"], 2, "--bogus"),
        (["--csv", "x", "--seed", "1.5"], 2, "--seed 1.5"),
        (["--csv", "missing/x.csv", *SEED], 1, "--csv missing/x.csv cannot be written: No such file"),
        (["--csv", "state", *SEED], 1, "--csv state cannot be written: Is a directory"),
        (["--csv", f"state/practice-7/{JOURNAL}", *SEED], 2, "that folder holds the account itself"),
        (["--csv", "loop", *SEED], 1, "--csv loop cannot be written: Too many levels"),
        (["--csv", "x", "--seed", "8"], 1, "there is no journal"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    account: Path, said: Said, arguments: list[str], code: int, words: str
) -> None:
    Path("loop").symlink_to("loop")
    found, out, err = said("export", *arguments)
    assert (found, out) == (code, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_journal_that_is_none_ends_with_one_sentence(tmp_path: Path, said: Said) -> None:
    path = tmp_path / "state" / "practice-7" / JOURNAL
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database" * 1000)
    code, out, err = said("export", "--csv", "-", *SEED)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "is not a database of the cockpit" in err


def test_a_journal_that_nothing_was_written_to_has_no_rows(tmp_path: Path, said: Said) -> None:
    path = tmp_path / "state" / "practice-7" / JOURNAL
    path.parent.mkdir(parents=True)
    path.touch()
    code, out, _ = said("export", "--csv", "-", *SEED)
    assert (code, out) == (0, ",".join(COLUMNS) + "\n")


def test_words_of_a_market_cannot_become_a_formula(tmp_path: Path, said: Said) -> None:
    name = '=HYPERLINK("http://x","y")'
    evil = replace(market("-m"), name=name, outcomes=("\t+1", "@2"))
    bought = ev.FillSeen(NOW, fill("-t", "=o", market_id="-m"))
    facts = ev.MarketListed(NOW, evil), bought, ev.CashMoved(NOW, -1, "=1+1,\n\x1b[31m")
    a_journal(tmp_path / "state" / "practice-7" / JOURNAL, *facts)
    code, out, err = said("export", "--csv", "-", *SEED)
    assert code == 0
    buy, funding = read(out)
    assert (buy["market"], buy["outcome"]) == (f"'{name}", "'+1")
    assert (buy["market_id"], buy["trade_id"], buy["order_id"]) == ("'-m", "'-t", "'=o")
    assert (buy["cash_change"], funding["cash_change"]) == ("-5.000000", "-0.000001")
    assert funding["note"] == "'=1+1, [31m"
    assert "\x1b" not in out + err
