"""Alerts: what goes out, how often, and that nothing on the other side can hold the desk up."""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cockpit.alerts import MINUTE_S, MOST_A_MINUTE, WAITING, Alert, Alerts, Repeats, senders_of
from cockpit.core import events as ev
from cockpit.core.errors import UsageError

NOON_MS = 1_763_640_000_000
SECRET = "tok-ab12cd34"


class Server:
    """An HTTP server on the loopback that keeps what is posted to it."""

    def __init__(self, code: int = 200) -> None:
        self.posted: list[dict[str, Any]] = []
        posted = self.posted

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                posted.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(code)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self._server.server_port}/{SECRET}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


class Lines(logging.Handler):
    """Keeps the records of the cockpit's log, which goes to no other logger once it is open."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, log = Lines(), logging.getLogger("cockpit")
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


def _wait(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until, "never came true"
        threading.Event().wait(0.01)


def _noted(text: str, level: str = "alarm", *, is_alert: bool = False) -> ev.Noted:
    return ev.Noted(NOON_MS, level, text, is_alert)


def test_alarms_and_alerts_reach_the_address_with_time_and_level_and_nothing_else_does(server: Server) -> None:
    alerts = Alerts(senders_of(server.address, "cockpit practice"))
    alerts(_noted("bought 5 Yes", "info"))
    alerts(_noted("delta 7 % of 5 %", "warning", is_alert=True))
    alerts(ev.Released(NOON_MS))
    alerts(_noted("HALTED by a person"))
    alerts.close()
    found = [(post["title"], post["message"], post["type"]) for post in server.posted]
    assert found == [
        ("cockpit practice", "12:00:00Z delta 7 % of 5 %", "warning"),
        ("cockpit practice", "12:00:00Z HALTED by a person", "failure"),
    ]
    assert alerts.dropped == 0


def test_without_addresses_nothing_is_loaded_and_nothing_runs() -> None:
    before = threading.active_count()
    alerts = Alerts(senders_of("", "cockpit"))
    alerts(_noted("HALTED"))
    alerts.close()
    assert threading.active_count() == before


def test_the_same_text_goes_out_once_a_minute_and_says_how_often_it_came() -> None:
    repeats = Repeats()
    first, again = Alert(1, "warning", "delta"), Alert(2, "warning", "delta")
    assert repeats.take(first, 0.0) is first
    assert repeats.take(again, 1.0) is None
    assert repeats.take(Alert(3, "warning", "delta"), 2.0) is None
    assert repeats.due(MINUTE_S - 1) == []
    (held,) = repeats.due(MINUTE_S)
    assert (held.at_ms, held.times) == (3, 2)
    assert held.body == "00:00:00Z delta (2 times)"
    assert repeats.due(3 * MINUTE_S) == []
    assert repeats.take(first, 3 * MINUTE_S) is first


def test_a_flood_of_different_alerts_is_spread_out_bounded_and_never_holds_an_alarm_back() -> None:
    repeats = Repeats()
    let = [repeats.take(Alert(0, "warning", f"number {number}"), 0.0) for number in range(500)]
    assert sum(alert is not None for alert in let) == MOST_A_MINUTE
    assert repeats.take(Alert(0, "alarm", "HALTED"), 0.0) is not None
    assert len(repeats.due(MINUTE_S)) == MOST_A_MINUTE
    assert repeats.dropped == 500 - MOST_A_MINUTE - WAITING


def test_what_is_held_back_is_told_at_the_end() -> None:
    told: list[str] = []

    def send(alert: Alert) -> bool:
        told.append(alert.text)
        return True

    alerts = Alerts([send])
    for _ in range(3):
        alerts(_noted("stale book"))
    alerts.close()
    assert told == ["stale book", "stale book"]


def test_an_address_that_hangs_delays_neither_the_desk_nor_another_address_nor_the_end(server: Server) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        hanging = f"json://127.0.0.1:{deaf.getsockname()[1]}/{SECRET}"
        alerts = Alerts(senders_of(f"{hanging} {server.address}", "cockpit"))
        began = time.monotonic()
        for number in range(2_000):
            alerts(_noted(f"alarm {number}"))
        assert time.monotonic() - began < 0.5
        _wait(lambda: len(server.posted) > 0)
        began = time.monotonic()
        alerts.close(timeout_s=0.2)
        assert time.monotonic() - began < 1.0
        assert alerts.dropped > 0
    _wait(lambda: not any(thread.name.startswith("alerts") for thread in threading.enumerate()))


@pytest.mark.parametrize("code", [500, 403])
def test_an_address_that_refuses_is_one_log_line_without_the_address(code: int, lines: Lines) -> None:
    server = Server(code)
    alerts = Alerts(senders_of(server.address, "cockpit"))
    alerts(_noted("HALTED"))
    alerts.close()
    server.close()
    assert [record.getMessage() for record in lines.records] == ["alert not delivered"]
    assert SECRET not in str([vars(record) for record in lines.records])


def test_a_sender_that_raises_is_one_log_line_and_the_next_alert_is_sent(lines: Lines) -> None:
    told: list[str] = []

    def send(alert: Alert) -> bool:
        told.append(alert.text)
        if len(told) == 1:
            raise RuntimeError(SECRET)
        return True

    alerts = Alerts([send])
    alerts(_noted("first"))
    alerts(_noted("second"))
    alerts.close()
    assert told == ["first", "second"]
    assert [record.getMessage() for record in lines.records] == ["alert not delivered"]
    assert SECRET not in str([vars(record) for record in lines.records])


@pytest.mark.parametrize("address", [f"nonsense://{SECRET}", SECRET, f"json://ok {SECRET}"])
def test_an_address_that_cannot_be_used_is_a_sentence_that_does_not_show_it(address: str) -> None:
    with pytest.raises(UsageError, match=r"COCKPIT_ALERT_URLS: address \d of \d") as caught:
        senders_of(address, "cockpit")
    assert SECRET not in str(caught.value)


def test_addresses_without_apprise_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UsageError, match="install the extra notify") as caught:
        senders_of(f"json://{SECRET}", "cockpit")
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 2
