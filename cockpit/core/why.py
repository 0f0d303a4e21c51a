"""Why something was decided as it was: the inputs with their ages, the rule, every gate, and what would change it.

Made of the rows that the rules themselves yield (`core.gates`), now or when the decision was made: a decision that led
to something is in the journal with its numbers, and is put into words here, after a restart too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cockpit.core import check_words, entry_words, pair_words, parent_words
from cockpit.core.facts import Decided
from cockpit.core.gates import Input, Kind, Measured, Row, kept

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (*check_words.CHECKS, *pair_words.KINDS, *entry_words.KINDS, *parent_words.KINDS)
}
"""By name: what a journal's numbers are put into words with."""
RULES = {
    "pair": "An imbalance is closed by the option that gains most (by PREFER_SELL_OVER_BUY a sale first), where the "
    "venue takes it and a share gains MIN_REBALANCE_PROFIT or more.",
    "suggestion": "What was approved is sent when it still holds, and the guard lets its first child through.",
    "order": "An order leaves only when every gate of the guard is open: numbers, desk, order, book, money, limits.",
    "slice": "A slice that is due is sent when there is something to take and the guard lets it through; else it is "
    "used up, and its shares are carried on.",
    "parent": "What is open sends what is due, a child at a time, when the guard lets it through.",
    "entry": "An entry works both legs; what must be taken follows what has filled of the leg that rests.",
    "offer": "An entry is proposed where both legs, of one fresh book, lock COCKPIT_MIN_SPREAD a pair after fees.",
}
"""Kind of subject -> its rule in a sentence."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate in words."""

    name: str
    is_open: bool
    words: str
    """Its numbers."""
    change: str
    """What would have to be the case for it to be open."""


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to why: of something now, or of a decision as it was made."""

    request_id: str
    subject: str
    """What was asked about, by its id."""
    at_ms: int
    problem: str = ""
    """Why there is no answer: nothing of that name. Then the rest is empty."""
    kind: str = ""
    title: str = ""
    rule: str = ""
    decision: str = ""
    decided_ms: int | None = None
    """When it was decided; None for what holds now."""
    inputs: tuple[Input, ...] = ()
    """Ages are those at the time of the answer, or of the decision."""
    gates: tuple[Gate, ...] = ()
    would_change: str = ""

    @property
    def first_blocking(self) -> Gate | None:
        """The first gate that is closed."""
        return next((gate for gate in self.gates if not gate.is_open), None)


def gate_of(measured: Measured) -> Gate:
    """Return a gate in words; one that this program does not know with its bare numbers."""
    kind = KINDS.get(measured.name)
    if kind is None:
        return Gate(measured.name, measured.is_open, f"{measured.have} / {measured.need}", "")
    words = kind.shows(measured.have, measured.need)
    return Gate(measured.name, measured.is_open, words, kind.opens(measured.have, measured.need))


def explained(why: Why, rows: Iterable[Row]) -> Why:
    """Return an answer with its rule, its gates in words and what would change the decision."""
    return _told(why, tuple(kept(row) for row in rows))


def of_record(why: Why, record: Decided, more: Iterable[Input] = ()) -> Why:
    """Return the answer that a record of the journal gives, with `more` that is known by now."""
    told = replace(
        why, kind=record.kind, decision=record.decision, decided_ms=record.at_ms, inputs=(*record.inputs, *more)
    )
    return _told(told, record.gates)


def _told(why: Why, gates: tuple[Measured, ...]) -> Why:
    words = tuple(gate_of(gate) for gate in gates)
    return replace(why, rule=RULES.get(why.kind, ""), gates=words, would_change=_change(gates))


def _change(gates: tuple[Measured, ...]) -> str:
    """Return what would change the decision: the first closed gate open, or the one with the least room closed."""
    closed = next((gate for gate in gates if not gate.is_open), None)
    if closed is not None:
        return gate_of(closed).change or f"{closed.name} open"
    rooms = [(room, gate) for gate in gates if (room := _room(gate)) is not None]
    if not rooms:
        return ""
    _, least = min(rooms, key=lambda pair: pair[0])
    return f"a gate that closes; the least room has {least.name}: {gate_of(least).words}"


def _room(gate: Measured) -> int | None:
    """Return how far a gate is from closing, in 1/10,000 of the larger of its numbers."""
    kind, most = KINDS.get(gate.name), max(abs(gate.have), abs(gate.need))
    if kind is None or not kind.has_room or not most:
        return None
    return abs(gate.need - gate.have) * 10_000 // most


def compact(rows: Iterable[Row]) -> tuple[Measured, ...]:
    """Return what a journal keeps of gates: those with numbers, and those that are closed."""
    return tuple(kept(row) for row in rows if not row[1] or row[3])
