"""The document's examples run, and its table names every public call."""

from __future__ import annotations

import re
from pathlib import Path

import cockpit.core.delta
from cockpit.core.delta import DeltaTracker, TrackedPosition

TEXT = (Path(__file__).parents[2] / "docs" / "DELTA_TRACKER.md").read_text(encoding="utf-8")


def test_the_python_blocks_run_one_after_the_other() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    space: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/DELTA_TRACKER.md", "exec"), space)  # our own document
    assert isinstance(space["tracker"], DeltaTracker)


def test_every_public_name_is_documented() -> None:
    for owner in (DeltaTracker, TrackedPosition):
        for name in dir(owner):
            if not name.startswith("_"):
                assert f"`{name}" in TEXT or f", `{name}" in TEXT, name
    for name in ("DeltaTracker", "TrackedPosition", "DeltaTrackerError"):
        assert hasattr(cockpit.core.delta, name)
        assert name in TEXT


def test_the_keys_of_the_results_are_documented() -> None:
    tracker = DeltaTracker()
    tracker.add_position("a", 2, 1, {"yes": 1, "no": 1})
    keys = set(tracker.get_position_report()) | set(tracker.reconcile_with_exchange({}))
    keys |= set(tracker.get_rebalancing_suggestion() or {})
    assert {key for key in keys if f"`{key}`" not in TEXT} == set()
