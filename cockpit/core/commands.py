"""What a person (or a rule acting for one) asks of the desk. Each has an id, and its receipt carries it back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Approve:
    """Trade a suggestion as it was seen: what is approved is what is sent, or nothing is."""

    id: str
    suggestion_id: str
    action: str
    """`SELL_YES` ... as seen."""
    shares: int
    limit: int
    seen_price: int


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Hide a suggestion until its pair changes."""

    id: str
    suggestion_id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel a parent (no further children, its resting ones too) or a single order."""

    id: str
    target_id: str


@dataclass(frozen=True, slots=True)
class CancelAll:
    """Cancel every parent and every order; new ones may follow."""

    id: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause a working parent, or resume a paused one."""

    id: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Halt:
    """Cancel everything and send nothing until a person releases the desk. Never refused."""

    id: str
    reason: str = "by a person"


@dataclass(frozen=True, slots=True)
class Release:
    """Leave the halt; `word` must be RELEASE, typed by a person."""

    id: str
    word: str


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Change how fast a replay runs; 0 pauses it."""

    id: str
    speed: float


Command = Approve | Dismiss | Cancel | CancelAll | Pause | Halt | Release | SetSpeed
