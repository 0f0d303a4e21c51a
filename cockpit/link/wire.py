"""What a desk's socket and its clients say to each other: JSON objects, each behind its length in four bytes.

A conversation begins with `Hello` and `Welcome`; then every request is answered by one message. What comes in is
checked here: a desk must be able to rely on the types of a command, whoever wrote it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import fields as fields_of_class
from typing import Any, get_args

import msgspec

from cockpit.core import commands as cmd
from cockpit.core.frame import Frame, Header, PairRow
from cockpit.core.frame_capital import CapitalRow
from cockpit.core.frame_orders import (
    EntryRow,
    LimitRow,
    OfferRow,
    ParentRow,
    PreviewRow,
    Receipt,
    SuggestionRow,
)
from cockpit.core.why import Why

PROTOCOL = 1
"""Raised whenever a message changes its meaning."""
LENGTH = struct.Struct(">I")
MOST_REQUEST = 1 << 20
MOST_ANSWER = 16 << 20
"""Bytes of one message, to the desk and from it."""
LONGEST_TEXT = 200
MOST_NUMBER = 2**63 - 1
"""Larger ones the journal could not hold."""
PARTS = ("header", "pairs", "suggestions", "parents", "entries", "offers", "limits", "capital")
"""What a picture can consist of."""
Wanted = cmd.Place | cmd.Split | cmd.Bid | cmd.Enter
"""What can be previewed."""


class WireError(Exception):
    """A message that cannot be read, or a command that is none; the text may be shown."""


class _Request(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    pass


class Hello(_Request, frozen=True, tag="hello"):
    """The first message of a client."""

    protocol: int


class Ask(_Request, frozen=True, tag="command"):
    """Do this: `type` is the name of a class in `core.commands`. The same id is done once, however often it comes."""

    id: str
    type: str
    fields: dict[str, Any]


class AskPreview(_Request, frozen=True, tag="preview"):
    """Say what this would do now."""

    type: str
    fields: dict[str, Any]


class AskWhy(_Request, frozen=True, tag="why"):
    """Say why: `target` is an id, a label or a name."""

    target: str


class AskReceipt(_Request, frozen=True, tag="receipt"):
    """Say what became of a command: for a client that lost the answer."""

    id: str


class AskPicture(_Request, frozen=True, tag="picture"):
    """Show these parts of the newest frame; all of them when none is named."""

    parts: tuple[str, ...] = ()


Request = Hello | Ask | AskPreview | AskWhy | AskReceipt | AskPicture


class _Answer(msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True):
    pass


class Welcome(_Answer, frozen=True, tag="welcome"):
    """Whom the client has reached."""

    protocol: int
    account: str
    mode: str


class Answered(_Answer, frozen=True, tag="receipt"):
    """What became of a command; its id is the one the client gave."""

    receipt: Receipt


class Pending(_Answer, frozen=True, tag="pending"):
    """The desk has the command and no answer yet: ask for the receipt."""

    id: str


class Previewed(_Answer, frozen=True, tag="preview"):
    """What a command would do now."""

    row: PreviewRow


class Explained(_Answer, frozen=True, tag="why"):
    """Why something was decided as it was."""

    why: Why


class Picture(_Answer, frozen=True, tag="picture"):
    """Parts of a frame; those that were not asked for are empty. Ladders are not among them."""

    at_ms: int
    header: Header | None = None
    pairs: tuple[PairRow, ...] = ()
    suggestions: tuple[SuggestionRow, ...] = ()
    parents: tuple[ParentRow, ...] = ()
    entries: tuple[EntryRow, ...] = ()
    offers: tuple[OfferRow, ...] = ()
    limits: tuple[LimitRow, ...] = ()
    capital: tuple[CapitalRow, ...] = ()


class Problem(_Answer, frozen=True, tag="problem"):
    """Why there is no other answer. `code`: `protocol`, `busy`, `bad request`, `unknown id`, `no answer`."""

    code: str
    text: str


Answer = Welcome | Answered | Pending | Previewed | Explained | Picture | Problem

_COMMANDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in get_args(cmd.Command) if kind not in (cmd.Preview, cmd.Explain)
}
_WANTED: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Wanted)}
_FIELDS = {name: {field.name for field in fields_of_class(kind)} for name, kind in _COMMANDS.items()}
_encode = msgspec.json.Encoder().encode
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def packed(message: Request | Answer) -> bytes:
    """Return a message as it is sent: four bytes of length, then JSON."""
    body = _encode(message)
    return LENGTH.pack(len(body)) + body


def length_of(head: bytes, most: int) -> int:
    """Return how long the message behind these four bytes is. Raises: WireError when that is more than `most`."""
    (length,) = LENGTH.unpack(head)
    if length > most:
        raise WireError(f"a message of {length} bytes is too long: at most {most}")
    return int(length)


def request_of(body: bytes) -> Request:
    """Return what a client wants. Raises: WireError."""
    request: Request = _decoded(_requests, body)
    return request


def answer_of(body: bytes) -> Answer:
    """Return what a desk says. Raises: WireError."""
    answer: Answer = _decoded(_answers, body)
    return answer


def _decoded(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"the message cannot be read: {error}") from None


def asking(command: cmd.Command) -> Ask:
    """Return the request to do a command."""
    return Ask(command.id, type(command).__name__, _fields(command))


def asking_preview(command: Wanted) -> AskPreview:
    """Return the request to preview a command."""
    return AskPreview(type(command).__name__, _fields(command))


def _fields(command: cmd.Command) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(command).items() if name != "id"}


def command_of(name: str, fields: dict[str, Any], command_id: str) -> cmd.Command:
    """Return a command with the types its class says. Raises: WireError."""
    command: cmd.Command = _built(_COMMANDS, name, fields, command_id)
    return command


def wanted_of(name: str, fields: dict[str, Any], command_id: str) -> Wanted:
    """Return a command that can be previewed. Raises: WireError."""
    wanted: Wanted = _built(_WANTED, name, fields, command_id)
    return wanted


def _built(kinds: dict[str, type[Any]], name: str, fields: dict[str, Any], command_id: str) -> Any:
    if name not in kinds:
        raise WireError(f"there is no command {name[:40]!r}; there are {', '.join(kinds)}")
    for field in fields:
        if field == "id" or field not in _FIELDS[name]:
            raise WireError(f"{name} has no field {field[:40]!r}")
    try:
        command = msgspec.convert({**fields, "id": command_id}, kinds[name])
    except msgspec.MsgspecError as error:
        raise WireError(f"{name}: {error}") from None
    for field, value in _plain_values({**fields, "id": command_id}.items()):
        check_value(f"{name}: {field}", value)
    return command


def _plain_values(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for field, value in items:
        if isinstance(value, list | tuple):
            yield from ((field, each) for each in value)
        else:
            yield field, value


def check_value(what: str, value: object) -> None:
    """Look at a text or number that a client wrote. Raises: WireError for one that nobody should store or show."""
    if isinstance(value, str) and (len(value) > LONGEST_TEXT or not value.isprintable()):
        raise WireError(f"{what} must be a text of at most {LONGEST_TEXT} characters that can be shown")
    if isinstance(value, int) and abs(value) > MOST_NUMBER:
        raise WireError(f"{what} is too large a number")


def picture_of(frame: Frame, parts: Iterable[str]) -> Picture:
    """Return parts of a frame, all of them when none is named. Raises: WireError for a part there is not."""
    wanted = tuple(parts) or PARTS
    for part in wanted:
        if part not in PARTS:
            raise WireError(f"there is no part {part[:40]!r}; there are {', '.join(PARTS)}")
    return Picture(frame.at_ms, **{part: getattr(frame, part) for part in wanted})
