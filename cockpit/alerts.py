"""Alerts to people who do not look at a screen: to any address that Apprise knows (Slack, Telegram, mail ...).

The desk hands an alert over and goes on. A thread leaves out what was said a moment ago, and one thread for each
address sends: an address that hangs holds up neither the desk nor the others. What is lost is counted and logged.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cockpit.core import events as ev
from cockpit.core.errors import UsageError
from cockpit.logs import log

WAITING = 100
"""Alerts that wait for a slow address; more are dropped."""
MINUTE_S = 60.0
MOST_A_MINUTE = 20
"""Different alerts in a minute; alarms always go out."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message. `times` counts what was held back of the same text."""

    at_ms: int
    level: str
    text: str
    times: int = 1

    @property
    def body(self) -> str:
        """The time it happened at and what happened: a message may arrive late, and after a newer one."""
        at = datetime.fromtimestamp(self.at_ms / 1000, UTC)
        again = f" ({self.times} times)" if self.times > 1 else ""
        return f"{at:%H:%M:%SZ} {self.text}{again}"


Sender = Callable[[Alert], bool]
"""Delivers one alert, or returns False. May take its time, may raise."""


class Repeats:
    """Lets a text through once a minute; what comes again meanwhile is told when that minute is over, once."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}
        self._held: dict[str, Alert] = {}
        self._sent: deque[float] = deque(maxlen=MOST_A_MINUTE)
        self.dropped = 0

    def take(self, alert: Alert, now_s: float) -> Alert | None:
        """Return the alert if it may go out now; else it is held back."""
        self._told = {text: at for text, at in self._told.items() if now_s - at < MINUTE_S}
        if alert.text in self._held:
            self._held[alert.text] = replace(alert, times=self._held[alert.text].times + 1)
        elif alert.text not in self._told and (alert.level == "alarm" or self._has_room(now_s)):
            return self._let(alert, now_s)
        elif len(self._held) < WAITING:
            self._held[alert.text] = alert
        else:
            self.dropped += 1
        return None

    def due(self, now_s: float, *, is_end: bool = False) -> list[Alert]:
        """Return what was held back long enough, or everything at the end."""
        found = []
        for text, alert in list(self._held.items()):
            is_over = now_s - self._told.get(text, -MINUTE_S) >= MINUTE_S
            if is_end or (is_over and (alert.level == "alarm" or self._has_room(now_s))):
                found.append(self._let(self._held.pop(text), now_s))
        return found

    def _has_room(self, now_s: float) -> bool:
        return len(self._sent) < MOST_A_MINUTE or now_s - self._sent[0] >= MINUTE_S

    def _let(self, alert: Alert, now_s: float) -> Alert:
        self._told[alert.text] = now_s
        self._sent.append(now_s)
        return alert


class Alerts:
    """A listener for the desk: takes every event, sends the alarms and alerts among them."""

    def __init__(self, senders: Sequence[Sender]) -> None:
        self._news: queue.Queue[Alert | None] = queue.Queue(WAITING)
        self._lines = [_Line(number, sender) for number, sender in enumerate(senders, 1)]
        self._repeats = Repeats()
        self._lost = 0
        self._thread = threading.Thread(target=self._sort, name="alerts", daemon=True)
        if self._lines:
            self._thread.start()

    @property
    def dropped(self) -> int:
        """How many alerts were given up because an address was too slow, or too many came at once."""
        return self._lost + self._repeats.dropped + sum(line.dropped for line in self._lines)

    def __call__(self, event: ev.Event) -> None:
        """Take an event; never blocks and never fails."""
        if not self._lines or not isinstance(event, ev.Noted) or not (event.is_alert or event.level == "alarm"):
            return
        try:
            self._news.put_nowait(Alert(event.at_ms, event.level, event.text))
        except queue.Full:
            self._lost += 1

    def close(self, timeout_s: float = 3.0) -> None:
        """Send what is left, as far as that goes quickly."""
        if not self._lines:
            return
        until = time.monotonic() + timeout_s
        try:
            self._news.put(None, timeout=timeout_s)
        except queue.Full:
            return
        for thread in (self._thread, *(line.thread for line in self._lines)):
            thread.join(max(0.0, until - time.monotonic()))
        for line in self._lines:
            line.give_up()
        if self.dropped:
            log.warning("alerts dropped", extra={"fields": {"count": self.dropped}})

    def _sort(self) -> None:
        is_end = False
        while not is_end:
            try:
                news = self._news.get(timeout=1.0)
                is_end = news is None
            except queue.Empty:
                news = None
            now_s = time.monotonic()
            first = self._repeats.take(news, now_s) if news is not None else None
            for alert in ([first] if first else []) + self._repeats.due(now_s, is_end=is_end):
                for line in self._lines:
                    line.put(alert)
        for line in self._lines:
            line.put(None)


class _Line:
    """One address with its own thread."""

    def __init__(self, number: int, sender: Sender) -> None:
        self._number, self._sender = number, sender
        self._waiting: queue.Queue[Alert | None] = queue.Queue(WAITING)
        self.dropped = 0
        self._is_over = False
        self.thread = threading.Thread(target=self._send, name=f"alerts to {number}", daemon=True)
        self.thread.start()

    def put(self, alert: Alert | None) -> None:
        try:
            self._waiting.put_nowait(alert)
        except queue.Full:
            self.dropped += alert is not None

    def give_up(self) -> None:
        self._is_over = True

    def _send(self) -> None:
        while (alert := self._waiting.get()) is not None and not self._is_over:
            try:
                why = "" if self._sender(alert) else "refused or not reached"
            except Exception as error:  # whatever a service does, the others and the desk go on
                why = type(error).__name__
            if why:
                # Neither the address nor the error's own words: both may hold a secret.
                log.warning("alert not delivered", extra={"fields": {"address": self._number, "why": why}})


def senders_of(addresses: str, title: str) -> list[Sender]:
    """Return a sender for each address, separated by spaces. Raises: UsageError, which shows no address."""
    found = addresses.split()
    if not found:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import apprise

            # The services are loaded at first use.
            services = [apprise.Apprise.instantiate(address) for address in found]
    except ImportError:
        raise UsageError(
            "COCKPIT_ALERT_URLS is set, and apprise is not installed: install the extra notify"
            " (pip install -e '.[notify]'), or leave the setting empty"
        ) from None
    logging.getLogger("apprise").propagate = False
    kinds = {"alarm": apprise.NotifyType.FAILURE, "warning": apprise.NotifyType.WARNING}

    def sender(number: int, service: apprise.NotifyBase | None) -> Sender:
        if service is None:
            raise UsageError(
                f"COCKPIT_ALERT_URLS: address {number} of {len(found)} (hidden) is none that Apprise can use;"
                " give addresses like json://host/path or slack://..., separated by spaces"
            )
        kind_of = kinds.get
        return lambda alert: bool(
            service.notify(title=title, body=alert.body, notify_type=kind_of(alert.level, apprise.NotifyType.INFO))
        )

    return [sender(number, service) for number, service in enumerate(services, 1)]
