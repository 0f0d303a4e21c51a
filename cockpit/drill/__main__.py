"""`python -m cockpit.drill`: run universes until one breaks an invariant, or show that none does.

Exit codes: 0 no violation, 1 a violation (or a fault that never struck), 2 wrong usage.
"""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from cockpit.core.errors import UsageError
from cockpit.drill.plan import plan_of
from cockpit.drill.report import Summary, as_row, cores, line, outcomes
from cockpit.drill.universe import simulate

TRAIL = 60

app = App(
    name="cockpit.drill",
    help="The fault drill: the real desk on an exchange full of faults, in virtual time.",
    result_action="return_value",
)


@app.default
def drill(
    *,
    first_seed: Annotated[int, Parameter(help="The first seed.")] = 1,
    seeds: Annotated[int, Parameter(help="How many seeds, one universe each.")] = 50,
    hours: Annotated[float, Parameter(help="Simulated hours with faults, for each.")] = 1.0,
    seed: Annotated[int | None, Parameter(help="Only this universe.")] = None,
    until: Annotated[float | None, Parameter(help="With --seed: stop here, and show what happened last.")] = None,
    processes: Annotated[int | None, Parameter(help="How many at once; one for each core when left out.")] = None,
    json_: Annotated[bool, Parameter(name="--json", help="One JSON object per violation, then a summary.")] = False,
) -> int:
    """Run the fault drill."""
    _check(seeds, hours, until, processes, is_single=seed is not None)
    if seed is not None and until is not None:
        return _replay(seed, hours, until)
    wanted = range(first_seed, first_seed + seeds) if seed is None else range(seed, seed + 1)
    summary = Summary()
    for outcome, busy_s in outcomes(wanted, hours, min(len(wanted), processes or cores())):
        summary.add(outcome, hours, busy_s)
        if outcome.violations:
            row = as_row(outcome, hours)
            text = f"seed {row['seed']}: {row['invariant']} {row['text']}\n    {row['replay']}"
            sys.stdout.write((line(row) if json_ else text) + "\n")
            sys.stdout.flush()
    sys.stdout.write((line(summary.as_json()) if json_ else _words(summary)) + "\n")
    return 0 if summary.is_good else 1


def _check(seeds: int, hours: float, until: float | None, processes: int | None, *, is_single: bool) -> None:
    if not 1 <= seeds <= 1_000_000:
        raise UsageError(f"--seeds {seeds}: give a number from 1 to 1000000")
    if not 0 < hours <= 240:
        raise UsageError(f"--hours {hours:g}: give hours above 0 and at most 240")
    if processes is not None and not 1 <= processes <= 256:
        raise UsageError(f"--processes {processes}: give a number from 1 to 256")
    if until is not None and not is_single:
        raise UsageError("--until goes with --seed")
    if until is not None and not 0 < until <= 864_000:
        raise UsageError(f"--until {until:g}: give simulated seconds above 0 and at most 864000")


def _replay(seed: int, hours: float, until: float) -> int:
    outcome = simulate(plan_of(seed, hours), until_s=until)
    for text in outcome.trail[-TRAIL:]:
        sys.stdout.write(text + "\n")
    for violation in outcome.violations:
        sys.stdout.write(f"VIOLATION {violation.invariant}: {violation.text}\n")
    sys.stdout.write(f"seed {seed}, {outcome.simulated_s:.3f} simulated seconds, trace {outcome.trace_hash}\n")
    return 1 if outcome.violations else 0


def _words(summary: Summary) -> str:
    found = summary.as_json()
    silent = f"\nnever struck: {', '.join(summary.never_fired)}" if summary.never_fired else ""
    return (
        f"{found['seeds']} universes, {found['simulated_s']} simulated seconds "
        f"({found['per_second_and_core']} a second and core), {found['orders']} orders, {found['fills']} fills, "
        f"{found['restarts']} restarts, {sum(summary.fired.values())} faults: {found['violations']} violations"
        f"{silent}\ntrace {found['trace_hash']}"
    )


def main(arguments: list[str]) -> int:
    """Return the exit code of a command line; what is wrong with it is one sentence."""
    try:
        result = app(arguments, exit_on_error=False, print_error=False)
        return int(result) if isinstance(result, int) else 0
    except (CycloptsError, UsageError) as error:
        sys.stderr.write(f"cockpit.drill: {str(error).splitlines()[0]}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
