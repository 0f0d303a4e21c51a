"""What `w` opens: the answer to why, as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core.frame import Frame
from cockpit.core.why import Gate, Why
from cockpit.ui import words
from cockpit.ui.panes.capital import capital_of
from cockpit.ui.panes.orders import is_foreign
from cockpit.ui.panes.suggestions import offer_of
from cockpit.ui.rows import Entry, Row, Rows, wrap

LABEL, SIGN = 24, 11
BLOCKS, CLOSED, OPEN = ">> BLOCKS", "   closed", "   open"
"""Signs of a gate: the first one that is closed, others that are, and those that are open."""
LONGEST_NAME = 24
NOT_OURS = "not ours: nothing here has decided about it"


def target_of(frame: Frame, pane: str, key: str, market_id: str) -> str:
    """Return what why is asked about on a row of a pane; empty where there is nothing to ask."""
    if pane == "orders":
        return "" if is_foreign(key) else key
    if pane == "suggestions":
        offer, freed = offer_of(frame, key), capital_of(frame, key)
        if freed is not None:
            return freed.market_id
        return f"offer:{offer.market_id}" if offer is not None else key
    return market_id


def why_rows(why: Why | None, frame: Frame, width: int) -> Rows:
    """Return the rule, what blocks, what would change it, the inputs with their ages, and every gate."""
    if why is None:
        return Rows("why", "esc leaves", empty="asking the desk")
    if why.problem:
        return Rows("why", "esc leaves", empty=words.clean(why.problem))
    now = why.decided_ms is None
    room = max(width - LABEL - 2, 20)
    lines: list[Row] = [((words.clean(why.title), "bold"),), *_told("decision", why.decision, room, "bold")]
    lines += _told("decided", "as it is now" if now else _when(why, frame.at_ms), room, "dim")
    lines += _told("rule", why.rule, room)
    blocking = why.first_blocking
    if blocking is not None:
        lines += _told("first gate closed", f"{blocking.name}: {blocking.words}", room, "warning")
    elif why.gates:
        lines += _told("first gate closed", "none: all are open", room)
    lines += _told("would change it", why.would_change, room, "key")
    if why.inputs:
        lines += [(), (("inputs", "bold"),)]
    passed = max(frame.at_ms - why.at_ms, 0) if now else 0
    for name, value, age in why.inputs:
        old = "" if age is None else f"   {words.age(age + passed)} old{'' if now else ' then'}"
        told = _told(name, value, room)
        lines += [*told[:-1], (*told[-1], (old, "dim"))]
    if why.gates:
        lines += [(), (("gates, in the order they are asked", "bold"),)]
        lines += _gates(why.gates, blocking, width)
    if not now and why.gates:
        lines.append((("those without numbers were open", "dim"),))
    body = tuple(Entry(str(index), row) for index, row in enumerate(lines))
    # What has no short name of its own is called by what it is about.
    subject = why.title if len(why.subject) > LONGEST_NAME else why.subject
    return Rows(f"why {words.clean(subject)}", "esc leaves", body=body)


def _when(why: Why, now: int) -> str:
    at_ms = why.decided_ms or 0
    return f"{words.clock(at_ms)}, {words.age(now - at_ms)} ago"


def _told(label: str, text: str, room: int, style: str = "") -> list[Row]:
    """A label and its text, on as many lines as it needs; none without a text."""
    if not text:
        return []
    return [
        ((words.left(label if index == 0 else "", LABEL), "dim"), (line, style))
        for index, line in enumerate(wrap(text, room))
    ]


def _gates(gates: Iterable[Gate], blocking: Gate | None, width: int) -> Iterable[Row]:
    room = max(width - SIGN - LABEL - 2, 20)
    for gate in gates:
        sign, style = (OPEN, "dim") if gate.is_open else (BLOCKS, "alarm") if gate is blocking else (CLOSED, "warning")
        first, *more = wrap(gate.words, room)
        yield (words.left(sign, SIGN), style), (words.left(gate.name, LABEL), ""), (first, "")
        blank = " " * (SIGN + LABEL)
        for line in more:
            yield (blank, ""), (line, "")
        for line in wrap(f"opens with {gate.change}", room) if not gate.is_open and gate.change else ():
            yield (blank, ""), (line, "dim")
