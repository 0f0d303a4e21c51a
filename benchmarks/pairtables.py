"""Tables of what several rules made of the same pairs, with 95 % intervals.

Whole markets are resampled, and every rule on the same ones: differences are paired.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import common
import numpy as np
from estimates import LEVEL, RESAMPLES, Estimate, Floats
from numpy.typing import NDArray
from pairplay import Outcome

Places = NDArray[np.int64]
Statistic = Callable[[Places], float]
TAIL = 0.05
FIELDS = ("result", "was_open", "trades", "filled", "gain", "spread", "fees")


@dataclass(frozen=True, slots=True)
class Pair:
    """One partial fill and what every rule made of it."""

    group: str
    """The market."""
    family: str
    kind: str
    outcomes: tuple[Outcome, ...]


class Sample:
    """Pairs as columns, and the resamples that all estimates share."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.count = len(pairs)
        self.rules = [outcome.rule for outcome in pairs[0].outcomes]
        self._columns: dict[tuple[str, str], Floats] = {}
        for place, rule in enumerate(self.rules):
            outcomes = [pair.outcomes[place] for pair in pairs]
            for name in FIELDS:
                self._columns[rule, name] = np.array([getattr(o, name) for o in outcomes], dtype=np.float64)
            times = [math.nan if o.balanced_s is None else o.balanced_s for o in outcomes]
            self._columns[rule, "balanced_s"] = np.array(times, dtype=np.float64)
        groups: dict[str, list[int]] = defaultdict(list)
        for number, pair in enumerate(pairs):
            groups[pair.group].append(number)
        self.markets = len(groups)
        members = [np.array(numbers, dtype=np.int64) for numbers in groups.values()]
        rng = np.random.default_rng(1)
        self._resamples = [
            np.concatenate([members[place] for place in rng.integers(len(members), size=len(members))])
            for _ in range(RESAMPLES)
        ]

    def of(self, rule: str, name: str) -> Floats:
        """Return a column."""
        return self._columns[rule, name]

    def estimate(self, statistic: Statistic) -> Estimate:
        """Return a statistic of all pairs with its interval."""
        found = [statistic(places) for places in self._resamples]
        low, high = np.nanquantile(np.asarray(found), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Estimate(statistic(np.arange(self.count)), float(low), float(high))

    def mean(self, rule: str, *names: str) -> Statistic:
        """The mean of the sum of columns."""
        column: Floats = np.sum([self.of(rule, name) for name in names], axis=0)
        return lambda places: float(column[places].mean())

    def worst(self, rule: str) -> Statistic:
        """The mean of the worst twentieth of the results (expected shortfall)."""
        column = self.of(rule, "result")
        return lambda places: shortfall(column[places])

    def gain(self, rule: str) -> Statistic:
        """Gain per share filled; 0 where nothing was."""
        gain, filled = self.of(rule, "gain"), self.of(rule, "filled")
        return lambda places: float(gain[places].sum() / max(filled[places].sum(), 1e-9))

    def balanced(self, rule: str) -> Statistic:
        """The share of the pairs that began out of balance and were balanced."""
        was_open, done = self.of(rule, "was_open"), np.isfinite(self.of(rule, "balanced_s"))
        return lambda places: float((was_open * done)[places].sum() / max(was_open[places].sum(), 1.0))

    def seconds(self, rule: str) -> Floats:
        """Return how long it took those that were balanced."""
        times = self.of(rule, "balanced_s")
        return times[np.isfinite(times) & (self.of(rule, "was_open") > 0)]


def shortfall(results: Floats) -> float:
    """Return the mean of the worst twentieth, of at least one."""
    count = max(1, round(TAIL * len(results)))
    return float(np.partition(results, count - 1)[:count].mean())


def minus(first: Statistic, second: Statistic) -> Statistic:
    """Return the difference of two statistics on the same pairs."""
    return lambda places: first(places) - second(places)


def plus(first: Statistic, second: Statistic) -> Statistic:
    """Return the sum of two statistics on the same pairs."""
    return lambda places: first(places) + second(places)


def results(sample: Sample) -> None:
    """Print what each rule came to."""
    rows = []
    for rule in sample.rules:
        seconds = sample.seconds(rule)
        rows.append(
            (
                rule,
                sample.estimate(sample.balanced(rule)).text(1, 100),
                f"{np.median(seconds):.1f} / {seconds.mean():.1f}" if len(seconds) else "-",
                sample.estimate(sample.mean(rule, "result")).text(3),
                f"{sample.of(rule, 'result').std():.2f}",
                sample.estimate(sample.worst(rule)).text(2),
                f"{sample.of(rule, 'spread').mean():.3f} + {sample.of(rule, 'fees').mean():.3f}",
                sample.estimate(sample.gain(rule)).text(2, 100),
            )
        )
    head = ("rule", "balanced, %", "after, s: median / mean", "mean, USD", "sd", "worst 5 %, USD")
    common.table((*head, "spread + fees paid", "gain per filled share, c"), rows)


def left_open(sample: Sample, rule: str, hold: str) -> None:
    """Print what became of the pairs that a rule never balanced, and of those it did."""
    was_open, done = sample.of(rule, "was_open") > 0, np.isfinite(sample.of(rule, "balanced_s"))
    for words, chosen in (("stayed open", was_open & ~done), ("were balanced", was_open & done)):
        if chosen.any():
            own, held = (sample.of(name, "result")[chosen].mean() for name in (rule, hold))
            print(f"{rule}: {chosen.sum():,} pairs {words} and came to {own:.2f} USD on the average, held {held:.2f}")


def differences(sample: Sample, baselines: Sequence[str]) -> None:
    """Print every other rule against the baselines, pair by pair."""
    hold, best = baselines
    rows = []
    for rule in sample.rules:
        if rule in baselines:
            continue
        more = minus(sample.mean(rule, "result"), sample.mean(hold, "result"))
        tails = [minus(sample.worst(rule), sample.worst(other)) for other in baselines]
        means = minus(sample.mean(rule, "result"), sample.mean(best, "result"))
        gains = minus(sample.gain(rule), sample.gain(best))
        found = [sample.estimate(statistic) for statistic in (tails[0], more, tails[1], means)]
        texts = [found[0].text(2), found[1].text(3), found[2].text(2), found[3].text(3)]
        rows.append((rule, *texts, sample.estimate(gains).text(2, 100)))
    head = [f"{what} - {other}" for other in baselines for what in ("worst 5 %", "mean")]
    common.table(("rule", *head, f"gain - {best}, c"), rows)


def goals(sample: Sample, rule: str, hold: str, best: str) -> None:
    """Print whether a rule reaches what was to be reached."""
    costs = sample.mean(rule, "spread", "fees")
    mean = plus(minus(sample.mean(rule, "result"), sample.mean(hold, "result")), costs)
    rows = []
    for goal, statistic, digits, factor in (
        (f"worst 5 % better than {hold}: difference, USD", minus(sample.worst(rule), sample.worst(hold)), 2, 1.0),
        (f"worst 5 % better than {best}: difference, USD", minus(sample.worst(rule), sample.worst(best)), 2, 1.0),
        (f"mean not below {hold} by more than spread and fees: what is left, USD", mean, 3, 1.0),
        (
            f"gain per filled share at least that of {best}: difference, c",
            minus(sample.gain(rule), sample.gain(best)),
            2,
            100.0,
        ),
    ):
        found = sample.estimate(statistic)
        rows.append((rule, goal, found.text(digits, factor), verdict(found)))
    common.table(("rule", "goal", "measured", "holds"), rows)


def verdict(found: Estimate) -> str:
    """Return whether a number that should not be below 0 is not, as far as its interval tells."""
    if found.low >= 0:
        return "yes"
    if found.high < 0:
        return "no"
    return "not told apart from 0"
