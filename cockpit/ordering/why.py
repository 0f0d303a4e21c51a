"""`cockpit why`: asks the desk, and writes its answer for people or for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cockpit.core.units import duration_text
from cockpit.core.why import Gate, Why
from cockpit.link.client import NoDeskError
from cockpit.link.wire import LONGEST_TEXT
from cockpit.ordering.talk import connect
from cockpit.ordering.typed import Typed

WIDTH = 24
Recorded = Callable[[str], Why | None]
"""What a journal says of something; None where it says nothing."""


def why(typed: Typed, folder: Path, text: str, recorded: Recorded, *, is_json: bool) -> int:
    """Write why something was decided as it was; return the exit code.

    Where no desk runs, what was `recorded` is told. Raises: CockpitError.
    """
    typed.note("ID", text)
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise typed.wrong("ID", f"give an id, a label or a name of at most {LONGEST_TEXT} characters that can be shown")
    try:
        with connect(folder) as desk:
            answer = desk.why(text)
    except NoDeskError as error:
        kept = recorded(text)
        if kept is None:
            raise
        sys.stderr.write(f"cockpit: {error}; this is what its journal says\n")
        answer = kept
    if answer.problem:
        raise typed.wrong("ID", answer.problem)
    sys.stdout.write((json.dumps(to_json(answer)) if is_json else to_text(answer)) + "\n")
    sys.stdout.flush()
    return 0


def to_text(answer: Why) -> str:
    """Return the rule, what blocks, what would change it, the inputs with their ages, and every gate."""
    blocking = answer.first_blocking
    lines = [f"{answer.subject}  {answer.title}", _line("decision", answer.decision)]
    if answer.decided_ms is not None:
        lines.append(_line("decided", f"{duration_text(answer.at_ms - answer.decided_ms)} ago"))
    lines.append(_line("rule", answer.rule))
    if answer.gates:
        words = f"{blocking.name}: {blocking.words}" if blocking is not None else "none: all are open"
        lines.append(_line("first gate closed", words))
    if answer.would_change:
        lines.append(_line("would change it", answer.would_change))
    lines += ["inputs:"] if answer.inputs else []
    for name, value, age in answer.inputs:
        lines.append(_line(name, f"{value}{'' if age is None else f', {_age(age)} old'}", "  "))
    lines += ["gates:"] if answer.gates else []
    lines += [_gate(gate, is_first=gate is blocking) for gate in answer.gates]
    if answer.decided_ms is not None and answer.gates:
        lines.append("  those without numbers were open")
    return "\n".join(lines)


def _line(name: str, text: str, indent: str = "") -> str:
    return f"{indent}{name:<{WIDTH - len(indent)}}{text}"


def _age(ms: int) -> str:
    return duration_text(ms) if ms >= 10_000 else f"{ms // 1000}.{ms % 1000 // 100}s"


def _gate(gate: Gate, *, is_first: bool) -> str:
    sign = "open" if gate.is_open else "BLOCKS" if is_first else "closed"
    change = f"; opens with {gate.change}" if not gate.is_open and gate.change else ""
    return f"  {sign:<8}{gate.name:<{WIDTH}}{gate.words}{change}"


def to_json(answer: Why) -> dict[str, Any]:
    """Return the answer as plain values; `first_blocking` is the name of a gate, null when all are open."""
    blocking = answer.first_blocking
    return {
        "subject": answer.subject,
        "kind": answer.kind,
        "title": answer.title,
        "decision": answer.decision,
        "rule": answer.rule,
        "at_ms": answer.at_ms,
        "decided_ms": answer.decided_ms,
        "first_blocking": blocking.name if blocking is not None else None,
        "would_change": answer.would_change,
        "inputs": [{"name": name, "value": value, "age_ms": age} for name, value, age in answer.inputs],
        "gates": [
            {"name": gate.name, "open": gate.is_open, "numbers": gate.words, "opens_with": gate.change}
            for gate in answer.gates
        ],
    }
