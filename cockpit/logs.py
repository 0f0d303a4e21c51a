"""The log file: one JSON object per line, rotated, written by a thread of its own, never onto the screen.

The journal holds the facts; this is for engineers.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue

from cockpit.core import events as ev
from cockpit.core.errors import FailedError

LARGEST = 5_000_000
KEPT = 5
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "alarm": logging.ERROR}
log = logging.getLogger("cockpit")
_opened: list[str] = []


class JsonLines(logging.Formatter):
    """A record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, what happened, and the fields given with it."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "event": record.getMessage(), **getattr(record, "fields", {})}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def open_log(path: Path, level: str) -> None:
    """Send everything from `level` up to `path`. Raises: FailedError when it cannot be written."""
    logging.raiseExceptions = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        to_file = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    except OSError as error:
        raise FailedError(f"cannot write the log {path}: {error.strerror}; set LOG_FILE or COCKPIT_STATE_DIR") from None
    to_file.setFormatter(JsonLines())
    lines: SimpleQueue[logging.LogRecord] = SimpleQueue()
    writer = QueueListener(lines, to_file)
    writer.start()
    atexit.register(writer.stop)
    atexit.register(to_file.close)
    _opened.append(str(path))
    log.handlers = [_Whole(lines)]
    log.propagate = False
    log.setLevel(level)


def where() -> str:
    """Return the open log's path, an empty text when there is none."""
    return _opened[-1] if _opened else ""


class _Whole(QueueHandler):
    """Hands records over as they are: the formatter needs their fields."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record


def log_event(event: ev.Event) -> None:
    """Write what people are told, and every halt; a listener for the desk."""
    if isinstance(event, ev.Noted):
        log.log(_LEVELS.get(event.level, logging.INFO), "noted", extra={"fields": {"text": event.text}})
    elif isinstance(event, ev.OrderSending):
        order = event.order
        fields = {"order": order.id, "label": order.label, "price": order.price, "size": order.size}
        log.info("order sending", extra={"fields": fields})
    elif isinstance(event, ev.OrderMoved):
        fields = {"order": event.order_id, "state": event.state.value, "reason": event.reason}
        log.info("order moved", extra={"fields": fields})
