"""The document's examples run, the program beside it too, and its table names every public call."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

import cockpit.core.delta
from cockpit.core.delta import DeltaTracker, TrackedPosition

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "DELTA_TRACKER.md").read_text(encoding="utf-8")
EXAMPLE = "examples/delta_tracker.py"
PRINTED = """\
1. Two pairs
   storm: delta 12, neutral: False
2. The report
   2 pairs, delta 12 = 18.8917 % of exposure
   exposure 63.52 USD, status REBALANCE NEEDED
3. The suggestion
   BUY_NO 12 of storm
   because delta 12 is beyond 0.05 of exposure 63.52; storm holds 12 YES more than NO
   after that: None
4. What the exchange says
   reconciled: False
   storm: NO differs by -1
   not tracked: ['election'], not there: []
5. Taken over
   reconciled: True
   delta 6, unhedged 6, rebalance: True
6. A refusal changes nothing
   yes price 1.2 must be above 0 and at most 1
   DeltaTracker(positions=2, delta=6, max_delta_pct=0.05)
"""


def test_the_python_blocks_run_one_after_the_other() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    space: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/DELTA_TRACKER.md", "exec"), space)  # our own document
    assert isinstance(space["tracker"], DeltaTracker)


def test_the_program_beside_it_runs_and_is_linked(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(DOCS / EXAMPLE), run_name="__main__")
    assert capsys.readouterr().out == PRINTED
    assert f"({EXAMPLE})" in TEXT


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
