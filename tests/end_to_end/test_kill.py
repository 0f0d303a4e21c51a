"""kill -9 of a real process at seeded moments: the desk compared with the exchange's own journal."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.processes import finish, start

ROUNDS = 12
AT_ONCE = 3
"""A life is mostly waiting: so many fit into one."""
KILLS_EACH = 2
"""The second kill hits the restart, most often in the middle of the same parent order."""
MICRO = 1_000_000


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _tokens(path: Path) -> dict[str, tuple[str, str]]:
    listed = [json.loads(body) for (body,) in _rows(path, "SELECT body FROM events WHERE type = 'MarketListed'")]
    return {row["market"]["id"]: tuple(row["market"]["tokens"]) for row in listed}


def _micro(text: str) -> int:
    whole, _, fraction = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * MICRO + int(fraction.ljust(6, "0") or "0"))


@pytest.mark.parametrize("first", range(0, ROUNDS, AT_ONCE))
def test_kill_9_at_any_moment_and_a_restart_give_the_same_positions_orders_and_progress(
    tmp_path: Path, first: int
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as lives:
        numbers = range(first, first + AT_ONCE)
        list(lives.map(lambda number: _one_life(tmp_path / str(number), number), numbers))


def _one_life(folder: Path, number: int) -> None:
    """Kill twice at moments drawn from the round's number, restart, let it finish, compare."""
    folder.mkdir()
    draw = random.Random(f"kill-{number}")
    arguments = ("serve", "--seed", str(number % 5), "--json", "--speed", "20")
    for _ in range(KILLS_EACH):
        process = start(folder, *arguments, COCKPIT_PAIR_MODE="auto")
        assert process.stdout is not None
        process.stdout.readline()
        time_to_live = draw.uniform(0.0, 1.1)
        deadline = time.monotonic() + time_to_live
        while time.monotonic() < deadline:
            time.sleep(0.005)
        process.kill()
        process.communicate(timeout=20)
    process = start(folder, *arguments, "--for", "2.5", COCKPIT_PAIR_MODE="auto")
    code, lines, err = finish(process)
    message = f"round {number}, folder {folder}: {err}"
    assert code == 0, message
    assert err == "", message
    _compare(folder / "state" / f"practice-{number % 5}", lines[-1]["summary"], message)


def _compare(folder: Path, summary: dict[str, Any], message: str) -> None:
    exchange = folder / "exchange.sqlite"
    theirs = {row[0]: (row[1], row[2]) for row in _rows(exchange, "SELECT id, size, filled FROM orders")}
    ours = summary["orders"]
    arrived = {order_id: row for order_id, row in ours.items() if order_id in theirs}
    assert set(theirs) <= set(ours), f"the exchange holds an order the desk does not know; {message}"
    for order_id, row in arrived.items():
        assert (_micro(row["size"]), _micro(row["filled"])) == theirs[order_id], message
    for order_id, row in ours.items():
        if order_id not in theirs:
            assert row["state"] == "rejected", f"{order_id} never arrived but is {row['state']}; {message}"
            assert row["filled"] == "0", message
    for parent_id, parent in summary["parents"].items():
        filled = sum(_micro(row["filled"]) for row in ours.values() if row["parent"] == parent_id)
        assert filled == _micro(parent["filled"]) <= _micro(parent["size"]), message
    intents = _rows(folder / "desk.sqlite", "SELECT body FROM events WHERE type = 'OrderSending'")
    assert len(intents) == len(ours), f"an intent was journaled twice; {message}"
    (cash,) = _rows(exchange, "SELECT value FROM numbers WHERE name = 'cash'")[0]
    assert _micro(summary["cash"]) == int(cash), message
    held = dict(_rows(exchange, "SELECT token, shares FROM shares WHERE shares != 0"))
    tokens = _tokens(folder / "desk.sqlite")
    ours_held = {
        token: _micro(row[leg])
        for market_id, row in summary["positions"].items()
        for token, leg in zip(tokens[market_id], ("yes", "no"), strict=True)
    }
    assert {token: size for token, size in ours_held.items() if size} == held, message
    assert summary["not_proven_dead"] == 0, message
