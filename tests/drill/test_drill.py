"""The drill itself: repeatable, complete, and quiet about a desk that is not broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cockpit.drill.__main__ import main
from cockpit.drill.plan import OWN_WORDS, POINTS, plan_of
from cockpit.drill.report import Summary
from cockpit.drill.universe import Outcome, simulate
from cockpit.venues.practice.faults import WORDS


@pytest.mark.parametrize("seed", range(1, 3))
def test_the_unbroken_desk_passes(seed: int) -> None:
    outcome = simulate(plan_of(seed, 0.25))
    assert not outcome.violations, f"python -m cockpit.drill --seed {seed} --hours 0.25"
    assert outcome.orders


def test_the_same_seed_is_the_same_universe_for_every_hash_seed() -> None:
    code = "from cockpit.drill.plan import plan_of; from cockpit.drill.universe import simulate; " + (
        "print([simulate(plan_of(seed, 0.2)).trace_hash for seed in (3, 8)])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": number},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in ("1", "2")
    ]
    assert said[0] == said[1]
    assert said[0].strip() == str([simulate(plan_of(seed, 0.2)).trace_hash for seed in (3, 8)])


def test_seeds_differ_in_faults_limits_and_trace() -> None:
    plans = [plan_of(seed, 1.0) for seed in range(1, 200)]
    assert {word.name for word in WORDS} == {word for plan in plans for word in plan.rates}
    assert set(OWN_WORDS) == {word for plan in plans for word in plan.own}
    assert len({plan.rules for plan in plans}) > 50
    assert {len(plan.halts) for plan in plans} == {0, 1, 2}
    assert simulate(plan_of(1, 0.02)).trace_hash != simulate(plan_of(2, 0.02)).trace_hash


def test_the_command_sums_up_in_its_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--first-seed", "5", "--seeds", "2", "--hours", "0.02", "--processes", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (found["seeds"], found["violations"]) == (2, 0)
    assert set(found["fired"]) == {word.name for word in WORDS} | set(OWN_WORDS)
    assert set(found["crash_points"]) == set(POINTS)
    assert len(found["trace_hash"]) == 32


def test_one_seed_is_replayed_to_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seed", "5", "--hours", "0.1", "--until", "42.5"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "DeskStarted" in said[0] or len(said) > 20
    assert said[-1].startswith("seed 5, 42.5")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--seeds", "0"], "--seeds 0"),
        (["--hours", "0"], "--hours 0"),
        (["--hours", "nan"], "--hours nan"),
        (["--until", "5"], "--until goes with --seed"),
        (["--seed", "5", "--until", "-1"], "--until -1"),
        (["--seed", "x"], "--seed"),
        (["--processes", "0"], "--processes 0"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_what_is_typed_wrong_gets_a_sentence(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert word in capsys.readouterr().err


def _outcome(**changes: object) -> Outcome:
    fired = dict.fromkeys((*(word.name for word in WORDS), *OWN_WORDS), 1)
    values: dict[str, object] = {
        "seed": 1, "violations": [], "fired": fired, "points": dict.fromkeys(POINTS, 1), "trace_hash": "x",
        "simulated_s": 3600.0 * 200, "orders": 1, "fills": 1, "restarts": 1,
    }  # fmt: skip
    return Outcome(**(values | changes))  # type: ignore[arg-type]


def test_a_fault_or_a_crash_point_that_never_struck_fails_a_long_drill() -> None:
    good, quiet, safe, short = Summary(), Summary(), Summary(), Summary()
    good.add(_outcome(), 1, 1.0)
    assert good.is_good
    fired = dict.fromkeys((word.name for word in WORDS), 1) | dict.fromkeys(OWN_WORDS, 1) | {"trade.fail": 0}
    quiet.add(_outcome(fired=fired), 1, 1.0)
    assert (quiet.is_good, quiet.never_fired) == (False, ["trade.fail"])
    safe.add(_outcome(points=dict.fromkeys(POINTS, 1) | {"halting": 0}), 1, 1.0)
    assert safe.never_fired == ["halting"]
    short.add(_outcome(fired=fired, simulated_s=3600.0), 1, 1.0)
    assert short.is_good
