"""Real processes of the cockpit, each with its own folders, and what they leave behind there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cockpit.place import EXCHANGE, JOURNAL

Row = dict[str, Any]
TERMS = ("market_id", "leg", "side", "price", "size", "type", "post_only", "expires_at_ms", "created_ms", "label")
FILL = ("market_id", "leg", "side", "price", "shares", "money", "fee")
ENDED = ("filled", "cancelled", "rejected", "denied", "expired")


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """What a process sees: no settings of ours, no secret, its own state folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "COCKPIT_STATE_DIR": str(folder / "state"),
        "PYTHONWARNINGS": "error",
        **extra,
    }


def start(folder: Path, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    """Start a cockpit command with its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "cockpit", *arguments],
        env=environment(folder, **extra),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], timeout_s: float = 60) -> tuple[int, list[dict[str, Any]], str]:
    """Wait; return the exit code, the JSON lines and standard error."""
    out, err = process.communicate(timeout=timeout_s)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


def wait_until(condition: Callable[[], bool], timeout_s: float = 15) -> None:
    """Wait for a condition, with a deadline."""
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until, "never came true"
        threading.Event().wait(0.02)


class Desk:
    """A running `serve`; its lines are read as they come."""

    def __init__(self, folder: Path, *arguments: str, **extra: str) -> None:
        self.process = start(folder, "serve", "--json", *arguments, **extra)
        self.lines: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._ended: tuple[int, str] | None = None

    def wait_for(self, event: str) -> None:
        """Wait until a line names an event."""
        wait_until(lambda: any(line.get("event") == event for line in self.lines))

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """End it, once; return the exit code and standard error."""
        if self._ended is not None:
            return self._ended
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self._reader.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        err = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        self._ended = code, err
        return self._ended

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):  # the last line of a process that was killed may be cut off
                self.lines.append(json.loads(line))


@dataclass
class Left:
    """What a killed process left on disk: the journal's facts and the exchange's own rows."""

    intents: list[Row] = field(default_factory=list)
    """`OrderSending` in their order: the order's terms, and when it was meant to be sent."""
    parents: dict[str, int] = field(default_factory=dict)
    """Parent id -> its size."""
    seen: list[Row] = field(default_factory=list)
    """Fills the journal holds."""
    moved: dict[str, str] = field(default_factory=dict)
    """Order id -> the newest state the journal holds."""
    orders: list[Row] = field(default_factory=list)
    fills: list[Row] = field(default_factory=list)
    """Both as the exchange has them."""

    @property
    def unsure(self) -> list[Row]:
        """Intents whose fate the journal does not know: they were in flight."""
        return [row for row in self.intents if self.moved.get(row["id"], "sending") in ("sending", "unknown")]


def left_in(folder: Path) -> Left:
    """Read both files without touching them: reading in place would tidy up what the next start must recover from."""
    found = Left()
    with tempfile.TemporaryDirectory() as copies:
        for path in folder.glob("*.sqlite*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, copies)
        for name, body in rows(Path(copies) / JOURNAL, "SELECT type, body FROM events ORDER BY seq"):
            fact = json.loads(body)
            if name == "OrderSending":
                found.intents.append(fact["order"] | {"at_ms": fact["at_ms"]})
            elif name == "ParentStarted":
                found.parents[fact["parent"]["id"]] = fact["parent"]["size"]
            elif name == "FillSeen":
                found.seen.append(fact["fill"])
            elif name == "OrderMoved":
                found.moved[fact["order_id"]] = fact["state"]
        for rows_of, table in ((found.orders, "orders"), (found.fills, "fills")):
            names = [row[1] for row in rows(Path(copies) / EXCHANGE, f"PRAGMA table_info({table})")]
            rows_of += [
                dict(zip(names, row, strict=True)) for row in rows(Path(copies) / EXCHANGE, f"SELECT * FROM {table}")
            ]
    return found


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds; nothing where a process was killed before it made the file or the table."""
    if not path.exists():
        return []
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        raise
    finally:
        connection.close()


def problems_of(left: Left) -> list[str]:
    """Return what must never be true on disk, at whatever moment a process was killed."""
    found = []
    intents, fills = {row["id"]: row for row in left.intents}, {_key(row): row for row in left.fills}
    own_fills = [row for row in left.fills if row["order_id"] in intents]
    for what, ids in (
        ("an intent", [row["id"] for row in left.intents]),
        ("a label", [row["label"] for row in left.intents]),
        ("a fill seen", [_key(row) for row in left.seen]),
        ("an order at the exchange", [row["id"] for row in left.orders]),
        ("a fill at the exchange", [_key(row) for row in left.fills]),
    ):
        if len(ids) != len(set(ids)):
            found.append(f"{what} is there twice")
    for order in left.orders:
        intent = intents.get(order["id"])
        if intent is None:
            found.append(f"order {order['id']} has no intent")
        elif [order[name] for name in TERMS] != [intent[name] for name in TERMS]:
            found.append(f"order {order['id']} is not what was meant: {order} {intent}")
    found += [f"fill {_key(row)} is older than its intent" for row in own_fills
              if row["at_ms"] < intents[row["order_id"]]["at_ms"]]  # fmt: skip
    for row in left.seen:
        theirs = fills.get(_key(row))
        if theirs is None or [row[name] for name in FILL] != [theirs[name] for name in FILL]:
            found.append(f"fill {_key(row)} was told otherwise than the exchange wrote it: {row} {theirs}")
    return found + _beyond(left, intents)


def _beyond(left: Left, intents: dict[str, Row]) -> list[str]:
    """Return the parents whose children could exceed them: all that filled, and all that may still."""
    failed = [row for row in left.fills if row["status"] == "failed"]
    used = dict.fromkeys(left.parents, 0)
    for order in left.orders:
        parent_id = intents.get(order["id"], order)["parent_id"]
        size = order["filled"] if order["state"] in ENDED else order["size"]
        used[parent_id] = used.get(parent_id, 0) + size
        used[parent_id] -= sum(row["shares"] for row in failed if row["order_id"] == order["id"])
    return [f"parent {name} of {left.parents.get(name)} has {size}" for name, size in used.items()
            if size > left.parents.get(name, 0)]  # fmt: skip


def _key(fill: Row) -> tuple[str, str]:
    return fill["trade_id"], fill["order_id"]
