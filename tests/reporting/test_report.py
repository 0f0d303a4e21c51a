"""`cockpit report` on the folder of a real practice session: the same trades as the desk had, in every form."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cockpit.cli import run
from cockpit.core import events as ev
from cockpit.core.metrics import Metrics, metrics_of
from cockpit.core.trade_record import TradeEnd
from cockpit.place import HISTORY, JOURNAL
from cockpit.reporting.gather import gather
from cockpit.storage.facts import read_facts
from cockpit.storage.journal import row_of
from cockpit.storage.store import Store
from tests.reporting.session import RULES, Session

SECONDS = 200


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return Session(tmp_path_factory.mktemp("practice"), SECONDS)


@pytest.fixture
def seed_text(shared: Path) -> str:
    found = sorted((shared / "seeds").glob("001_*.txt"))
    if not found:
        pytest.skip("the seed with the schema and the queries is not in ../shared")
    return found[0].read_text()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["report", *arguments]) == 0
    return capsys.readouterr().out


def test_the_journal_alone_gives_the_trades_and_events_that_the_desk_had(session: Session) -> None:
    found = gather(session.folder / JOURNAL, session.folder / HISTORY, RULES.rebalance.threshold)
    assert found.trades == session.records
    assert list(found.events) == session.events
    assert {TradeEnd.OPEN, TradeEnd.RESOLVED} <= {one.end for one in found.trades}
    assert any(one.detected_ms is not None and one.filled_ms is not None for one in found.trades)
    assert any(one.rebalances for one in found.trades)


def test_balance_is_counted_by_the_threshold_of_the_settings(
    session: Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = []
    for text, threshold in (("0.01", 100), ("1", 10_000)):
        monkeypatch.setenv("REBALANCE_THRESHOLD", text)
        found = json.loads(printed(capsys, str(session.folder), "--json"))["metrics"]
        expected = gather(session.folder / JOURNAL, session.folder / HISTORY, threshold).metrics
        assert (found["needed"], found["balanced"]) == (expected.needed, expected.balanced)
        needed.append((found["needed"], found["balanced"]))
    assert needed[0] != needed[1]


def test_profits_of_trades_are_what_the_account_has_realised(session: Session) -> None:
    found = gather(session.folder / JOURNAL, session.folder / HISTORY, RULES.rebalance.threshold)
    assert found.metrics.profit == sum(one.profit for one in found.trades) == session.state.tally.realised
    assert sum(one.count for one in found.fills) == len(session.state.fills)
    assert all(len(samples) > 10 for samples in (found.profit, found.delta, found.unhedged))
    assert not found.history_problem


# ---- SQL ----


def test_the_queries_of_the_seed_run_unchanged(session: Session, seed_text: str, tmp_path: Path) -> None:
    assert run(["report", str(session.folder), "--sqlite", str(tmp_path / "t.sqlite")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["t.sqlite"]
    queries = re.search(r"### Analysis Queries\s+```sql\n(.*?)```", seed_text, re.DOTALL)
    assert queries is not None
    with sqlite3.connect(tmp_path / "t.sqlite") as connection:
        latency, balance, buckets = (
            connection.execute(query).fetchall() for query in queries[1].split(";") if query.strip()
        )
    found = metrics_of(session.records)
    waits = [one.execution_latency_ms for one in session.records if one.execution_latency_ms is not None]
    placed = sum(one.placed_ms is not None for one in session.records)
    assert latency == [(pytest.approx(sum(waits) / len(waits)), min(waits), max(waits), placed)]
    assert balance[0][:2] == (found.needed, found.balanced)
    assert found.balanced > 0
    assert dict(buckets) == {name: count for name, count in found.time_buckets if count}


def test_tables_have_the_columns_of_the_seed(session: Session, seed_text: str, tmp_path: Path) -> None:
    assert run(["report", str(session.folder), "--sqlite", str(tmp_path / "t.sqlite")]) == 0
    wanted = {
        name: re.findall(r"^    (\w+) (?:TEXT|REAL|INTEGER|TIMESTAMP)", body, re.MULTILINE)
        for name, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", seed_text, re.DOTALL)
    }
    wanted["trades"] = re.findall(r"^(\w+) (?:TEXT|REAL|TIMESTAMP)\b", seed_text, re.MULTILINE)
    assert {name: len(columns) for name, columns in wanted.items()} == {
        "trade_telemetry": 20, "rebalance_trades": 9, "trades": 9,
    }  # fmt: skip
    with sqlite3.connect(tmp_path / "t.sqlite") as connection:
        for table, columns in wanted.items():
            there = [row[0] for row in connection.execute(f"SELECT * FROM {table}").description]
            assert set(columns) <= set(there), table
        rows = connection.execute("SELECT order_filled_at, julianday(order_filled_at) FROM trade_telemetry").fetchall()
        assert any(day is not None for _, day in rows)
        (filled,) = [one for one in session.records if one.rebalances]
        row = connection.execute(
            "SELECT rebalance_status, rebalance_action, rebalance_shares, rebalance_profit, "
            "(julianday(rebalanced_at) - 2440587.5) * 86400000 FROM trades WHERE id = ?",
            (filled.id,),
        ).fetchone()
        assert row[:3] == ("completed", filled.rebalances[0].action, filled.rebalances[0].filled / 1e6)
        assert row[3:] == (filled.rebalance_profit / 1e6, pytest.approx(filled.balanced_ms, abs=1))


def test_a_file_that_is_not_ours_is_never_replaced_and_one_that_is_can_be(session: Session, tmp_path: Path) -> None:
    for option in ("--sqlite", "--html"):
        path = tmp_path / option.removeprefix("--")
        for _ in range(2):
            assert run(["report", str(session.folder), option, str(path)]) == 0
        journal = (session.folder / JOURNAL).read_bytes()
        assert run(["report", str(session.folder), option, str(session.folder / JOURNAL)]) == 1
        assert (session.folder / JOURNAL).read_bytes() == journal


# ---- text and JSON ----


def test_text_and_json_say_the_same_numbers(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, str(session.folder))
    found = json.loads(printed(capsys, str(session.folder), "--json"))
    metrics = metrics_of(session.records)
    assert {one.name for one in fields(Metrics)} | {"avoided"} == set(found["metrics"])
    assert found["metrics"]["rebalance_profit"] == metrics.rebalance_profit
    assert [one["id"] for one in found["trades"]] == [one.id for one in session.records]
    assert f"{metrics.balanced} of {metrics.needed} out of balance closed" in text
    assert all(one.id in text for one in session.records)


def test_a_report_is_made_beside_a_desk_that_writes_and_changes_nothing(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(session.folder / JOURNAL)
    before = json.loads(printed(capsys, str(session.folder), "--json"))["facts"]
    store.write([row_of(ev.Noted(1, "info", "still here"))])
    files = {path: path.read_bytes() for path in session.folder.iterdir() if not path.name.endswith("-shm")}
    assert json.loads(printed(capsys, str(session.folder), "--json"))["facts"] == before + 1
    assert {path: path.read_bytes() for path in files} == files
    store.close()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("/no/such/folder",), 2, "is no folder"),
        (("--seed", "99"), 1, "there is no journal"),
        (("--seed", "99", "/tmp"), 2, "chooses a folder"),
        (("--html", "/no/such/folder/r.html"), 2, "is no folder"),
        (("--sqlite", "/tmp"), 2, "is a folder"),
        (("--xml",), 2, "--xml"),
    ],
)
def test_what_is_mistyped_gets_one_sentence(
    arguments: tuple[str, ...], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", *arguments]) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_without_a_history_everything_else_is_there(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / JOURNAL).write_bytes((session.folder / JOURNAL).read_bytes())
    found = json.loads(printed(capsys, str(tmp_path), "--json"))
    assert (found["profit"], len(found["trades"])) == ([], len(session.records))
    assert "no history was recorded here" in found["history_problem"]
    printed(capsys, str(tmp_path), "--html", str(tmp_path / "r.html"))
    assert "No chart:" in (tmp_path / "r.html").read_text()


# ---- HTML ----


class Reader(HTMLParser):
    """Remembers what a browser would see, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.seen, self._open = list[tuple[str, dict[str, str | None]]](), "", list[str]()
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen += data


def test_html_is_one_file_that_loads_nothing_and_runs_nothing(session: Session, tmp_path: Path) -> None:
    assert run(["report", str(session.folder), "--html", str(tmp_path / "r.html")]) == 0
    text = (tmp_path / "r.html").read_text()
    page = Reader(text)
    assert not re.search(r"https?://|//\w|url\(|@import|javascript:", text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "base"}
    assert not [name for _, attributes in page.tags for name in attributes if name in ("src", "href", "xlink:href")]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert sum(tag == "svg" for tag, _ in page.tags) == 4
    assert all(one.id in page.seen for one in session.records)
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_names_from_outside_are_text_and_nothing_else(session: Session, tmp_path: Path) -> None:
    name = '<script>alert("x")</script>&amp;'
    store = Store(tmp_path / JOURNAL)
    for fact in read_facts(session.folder / JOURNAL):
        if isinstance(fact, ev.MarketListed):
            fact = replace(fact, market=replace(fact.market, name=name))
        store.write([row_of(fact)])
    store.close()
    assert run(["report", str(tmp_path), "--html", str(tmp_path / "r.html")]) == 0
    page = Reader((tmp_path / "r.html").read_text())
    assert name in page.seen
    assert "script" not in {tag for tag, _ in page.tags}
