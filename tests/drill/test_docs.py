"""docs/reliability.md lists every fault and every broken desk, with the words the code has for them."""

from __future__ import annotations

from pathlib import Path

from cockpit.drill.plan import OWN_WORDS
from cockpit.venues.practice.faults import WORDS
from tests.drill.gate import BROKEN

PAGE = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text()


def test_every_fault_is_documented_with_its_usual_rate() -> None:
    missing = [word.name for word in WORDS if f"| `{word.name}` | {word.usual} | {word.meaning} |" not in PAGE]
    assert not missing
    assert all(f"`{word}`" in PAGE for word in OWN_WORDS)


def test_every_broken_desk_is_documented() -> None:
    missing = [b.name for b in BROKEN.values() if f"| `{b.name}` | {b.text.rstrip('.')} |" not in PAGE]
    assert not missing
