"""Facts to text and back. A type or version this program does not know refuses the start: guessing would lose money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from cockpit.core import events as ev
from cockpit.core.errors import FailedError

_TYPES: dict[str, type[Any]] = {kind.__name__: kind for kind in ev.FACTS}
_FACTS = frozenset(ev.FACTS)
VERSIONS: dict[str, int] = dict.fromkeys(_TYPES, 1)
"""The version each type is written with; raise it when a meaning changes, and add an upcaster."""
UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""(type, version) -> what turns that body into the next version's."""
INTENT = ev.OrderSending.__name__
"""The type of the facts that name an order of ours."""

_encode = msgspec.json.Encoder().encode
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in _TYPES.items()}


class _Named(msgspec.Struct):
    id: str
    market_id: str


class _Intent(msgspec.Struct):
    order: _Named


_decode_intent = msgspec.json.Decoder(_Intent).decode


def is_fact(event: ev.Event) -> bool:
    """Return whether an event must be journaled."""
    return type(event) in _FACTS


def encode(fact: ev.Event) -> tuple[str, int, str]:
    """Return (type, version, body)."""
    name = type(fact).__name__
    return name, VERSIONS[name], _encode(fact).decode()


def decode(name: str, version: int, body: str) -> ev.Event:
    """Return the fact a row holds. Raises: FailedError for what this program does not know or cannot read."""
    if name not in _TYPES or version > VERSIONS[name]:
        raise FailedError(f"the journal holds a fact {name!r} version {version}, written by a newer cockpit: update it")
    try:
        if version == VERSIONS[name]:
            fact: ev.Event = _DECODERS[name].decode(body)
            return fact
        record = msgspec.json.decode(body)
        for step in range(version, VERSIONS[name]):
            record = UPCASTERS[name, step](record)
        return msgspec.convert(record, _TYPES[name])  # type: ignore[no-any-return]
    except (msgspec.MsgspecError, KeyError) as error:
        raise FailedError(f"the journal's {name} cannot be read: {error}") from None


def intent_of(body: str) -> tuple[str, str]:
    """Return (order id, market id) of the body of an `INTENT`, whatever else it holds. Raises: MsgspecError."""
    order = _decode_intent(body).order
    return order.id, order.market_id
