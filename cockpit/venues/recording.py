"""Recorded market frames: reading them line by line, and checking our books against them.

A line is `{"recv_ts_ms": int, "frame": {...} | [...]}`, other keys ignored, or a frame as the venue sent it; then its
own timestamp is the time. Files are plain or gzip. What a person can get wrong ends in a `UsageError` that names the
file. However long a line is, no more than `_MAX_LINE` of it is held.
"""

from __future__ import annotations

import gzip
import io
import time
import zlib
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import msgspec

from cockpit.core.book import Book
from cockpit.core.errors import UsageError
from cockpit.core.fold import apply
from cockpit.core.state import State
from cockpit.venues.polymarket import wire
from cockpit.venues.polymarket.audit import Audit
from cockpit.venues.polymarket.decoder import Decoder

_GZIP = b"\x1f\x8b"
_MAX_MS = 10**14
_MAX_LINE = wire.MAX_FRAME + 4096
"""Bytes: the largest frame that is decoded, in its envelope."""
_READ_AHEAD = 1 << 16
MAX_GAP_MS = 60_000
"""Time between neighbouring lines as far as it is played."""
_DAY_MS = 86_400_000


class Line(NamedTuple):
    """One recorded frame."""

    number: int
    at_ms: int
    raw: bytes


class _Envelope(msgspec.Struct, gc=False):
    recv_ts_ms: int | float
    frame: msgspec.Raw


class _Stamp(msgspec.Struct, gc=False):
    timestamp: str | int | None = None


_envelope = msgspec.json.Decoder(_Envelope).decode
_stamp = msgspec.json.Decoder(_Stamp | list[_Stamp]).decode


@dataclass(slots=True)
class Summary:
    """What a check found. `frames` are lines, `by_event` the objects in them; legs are counted at batch ends."""

    frames: int = 0
    by_event: dict[str, int] = field(default_factory=dict)
    checks: int = 0
    disagreements: int = 0
    crossed: int = 0
    hash_ok: int = 0
    hash_bad: int = 0
    unparsed: int = 0
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return exactly these fields, ready for JSON."""
        return asdict(self)


def lines(path: Path | str) -> Generator[Line, None, None]:
    """Yield the lines of a recording in order, with times that can be played.

    A longer gap is cut to `MAX_GAP_MS`, a longer step back to none; a time far from both of its neighbours' is the
    line's above, the very first one the second's. Raises: UsageError.
    """
    before = cut = 0
    held: Line | None = None
    with closing(_lines(Path(path))) as found:
        for line in found:
            if held is not None:
                before, cut = _place_in_time(held.at_ms, before, line.at_ms, cut)
                yield held._replace(at_ms=before - cut)
            held = line
    if held is not None:
        before, cut = _place_in_time(held.at_ms, before, held.at_ms, cut)
        yield held._replace(at_ms=before - cut)


def _place_in_time(at_ms: int, before_ms: int, after_ms: int, cut_ms: int) -> tuple[int, int]:
    """Return a line's time, made fit, and how much was cut out of the recording up to it; 0 before means the first."""
    if not before_ms:
        return (after_ms if abs(after_ms - at_ms) > _DAY_MS else at_ms), cut_ms
    gap = at_ms - before_ms
    if abs(gap) <= MAX_GAP_MS:
        return at_ms, cut_ms
    if abs(after_ms - before_ms) <= MAX_GAP_MS:
        return before_ms, cut_ms
    return at_ms, cut_ms + gap - (MAX_GAP_MS if gap > 0 else 0)


def _lines(path: Path) -> Generator[Line, None, None]:
    """Yield the lines as they are written. One without a time has the time of the line above, 0 at the start.

    A line that is no JSON, or too long, is yielded all the same, so that whoever decodes it counts it.
    """
    number, at_ms = 0, 0
    with _open(path) as file:
        try:
            while text := file.readline(_MAX_LINE):
                number += 1
                if len(text) == _MAX_LINE and not text.endswith(b"\n"):
                    yield Line(number, at_ms, text)
                    while (rest := file.readline(_MAX_LINE)) and not rest.endswith(b"\n"):
                        pass
                elif text := text.strip():
                    at_ms, raw = _read(text, at_ms)
                    yield Line(number, at_ms, raw)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UsageError(f"{path}: the compressed data is damaged after line {number}: {error}") from None
        except OSError as error:
            raise UsageError(f"{path}: cannot be read after line {number}: {error.strerror}") from None
    if not number:
        raise UsageError(f"{path} is empty: expected lines of recorded frames")


def check(paths: Path | str | Iterable[Path | str], *, with_hashes: bool = True) -> Summary:
    """Replay one or more recordings as fast as they go and return what our books and the venue's reports say.

    Raises: UsageError for a file that cannot be read or holds not one frame.
    """
    started = time.perf_counter()
    total, events = Summary(), Counter[str]()
    for path in [paths] if isinstance(paths, str | Path) else paths:
        _check(Path(path), total, events, with_hashes)
    total.by_event = dict(sorted(events.items()))
    total.seconds = round(time.perf_counter() - started, 3)
    return total


def _check(path: Path, total: Summary, events: Counter[str], with_hashes: bool) -> None:
    decoder, state = Decoder(), State()
    books: dict[str, Book] = state.books
    audit = Audit(books, decoder.tokens.places, with_hashes=with_hashes)
    kinds: Counter[type] = Counter()
    for line in _lines(path):
        total.frames += 1
        for frame, event in decoder.read(line.raw, line.at_ms):
            kinds[type(frame)] += 1
            audit.before(frame)
            if event is not None:
                apply(state, event)
            audit.after(frame)
    audit.finish()
    for kind, word in wire.KINDS.items():
        if kinds[kind]:
            events[word] += kinds[kind]
    events.update(decoder.unknown)
    if decoder.unparsed == decoder.frames:
        raise UsageError(f"{path}: not one line is a recorded frame; the last one says {decoder.problem}")
    total.unparsed += decoder.unparsed
    total.checks += audit.checks
    total.disagreements += audit.disagreements
    total.crossed += audit.crossed
    total.hash_ok += audit.hash_ok
    total.hash_bad += audit.hash_bad


def _open(path: Path) -> IO[bytes]:
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name a recording in it (*.jsonl or *.jsonl.gz)")
        file = path.open("rb")
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}") from None
    is_gzip = file.peek(2)[:2] == _GZIP
    if path.suffix == ".gz" and not is_gzip:
        is_empty = not file.peek(1)
        file.close()
        raise UsageError(f"{path} is empty" if is_empty else f"{path} is named .gz but holds no gzip data")
    if not is_gzip:
        return file
    file.close()
    return cast("IO[bytes]", io.BufferedReader(gzip.open(path, "rb"), _READ_AHEAD))


def _read(text: bytes, before_ms: int) -> tuple[int, bytes]:
    """Return the time and the frame of one line; what cannot be told is left to the decoder."""
    try:
        envelope = _envelope(text)
    except (ValueError, RecursionError):
        return _bare_time(text, before_ms), text
    at_ms = envelope.recv_ts_ms
    return int(at_ms) if 0 <= at_ms < _MAX_MS else before_ms, bytes(envelope.frame)


def _bare_time(text: bytes, before_ms: int) -> int:
    try:
        found = _stamp(text)
    except (ValueError, RecursionError):
        return before_ms
    stamps = found if isinstance(found, list) else [found]
    for stamp in stamps:
        value = stamp.timestamp
        if isinstance(value, int) and 0 <= value < _MAX_MS:
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 14:
            return int(value)
    return before_ms
