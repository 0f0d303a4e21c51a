"""The sums kept by differences against sums made anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cockpit.core.exposure import Exposure

pairs = st.sampled_from("abcd")
sizes = st.integers(-5, 10**12)
marks = st.integers(0, 10_000)


class ExposureModel(RuleBasedStateMachine):
    """Any order of shares, prices and removals."""

    def __init__(self) -> None:
        super().__init__()
        self.sums = Exposure()
        self.rows: dict[str, list[int]] = {}

    @rule(pair=pairs, yes=sizes, no=sizes)
    def set_shares(self, pair: str, yes: int, no: int) -> None:
        self.sums.set_shares(pair, yes, no)
        self.rows.setdefault(pair, [0, 0, 0, 0])[:2] = [yes, no]

    @rule(pair=pairs, yes=marks, no=marks)
    def set_prices(self, pair: str, yes: int, no: int) -> None:
        self.sums.set_prices(pair, yes, no)
        if pair in self.rows:
            self.rows[pair][2:] = [yes, no]

    @rule(pair=pairs)
    def remove(self, pair: str) -> None:
        self.sums.remove(pair)
        self.rows.pop(pair, None)

    @invariant()
    def sums_are_exact(self) -> None:
        rows = self.rows.values()
        assert self.sums.delta == sum(row[0] - row[1] for row in rows)
        assert self.sums.unhedged == sum(abs(row[0] - row[1]) for row in rows)
        assert self.sums.yes == sum(row[0] * row[2] for row in rows)
        assert self.sums.no == sum(row[1] * row[3] for row in rows)
        assert self.sums.total == sum(weight.exposure for _, weight in self.sums.items())
        assert self.sums.total == self.sums.yes + self.sums.no
        assert len(self.sums) == len(self.rows)
        assert [pair for pair, _ in self.sums.items()] == list(self.rows)
        assert all(pair in self.sums for pair in self.rows)

    @invariant()
    def the_worst_pair_is_the_one_most_out_of_balance(self) -> None:
        worst = max((abs(row[0] - row[1]) for row in self.rows.values()), default=0)
        found = self.sums.worst()
        if worst == 0:
            assert found is None
        else:
            assert found is not None
            assert abs(found[1]) == worst
            assert self.rows[found[0]][0] - self.rows[found[0]][1] == found[1]

    @invariant()
    def net_never_exceeds_unhedged(self) -> None:
        assert abs(self.sums.delta) <= self.sums.unhedged


TestExposureModel = ExposureModel.TestCase


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_the_bound_itself_is_not_a_breach(shares: int, price: int) -> None:
    sums = Exposure()
    sums.set_shares("a", shares, 0)
    sums.set_prices("a", price, 10_000 - price)
    assert sums.breaches(500, 10_000, 10_000) == (shares * 10_000 * 10_000 > 500 * shares * price)


def test_opposite_imbalances_cancel_in_the_net_and_not_in_unhedged() -> None:
    sums = Exposure()
    sums.set_shares("a", 100, 0)
    sums.set_shares("b", 0, 100)
    assert (sums.delta, sums.unhedged) == (0, 200)


def test_prices_of_a_pair_that_is_not_held_are_ignored() -> None:
    sums = Exposure()
    sums.set_prices("a", 5_000, 5_000)
    assert "a" not in sums
    assert sums.get("a") is None
