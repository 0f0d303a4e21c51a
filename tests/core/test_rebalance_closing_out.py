"""An excess that has waited too long is closed at a loss, up to what is allowed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.fees import FeeSchedule
from cockpit.core.rebalance import Choice, Quotes, RebalanceRules, Verdict, choose, limit_of, options_of, rules_after
from cockpit.core.units import SHARE
from tests.core.builders import CRYPTO, held, levels

POSITION = held("20", "0.50", "10", "0.49")
RULES = RebalanceRules(max_unhedged_ms=30_000, max_loss=500, max_slippage=300)
LATE = 30_001


def weigh(bids: tuple[tuple[str, str], ...], unhedged_ms: int, rules: RebalanceRules = RULES) -> Choice:
    later = rules_after(rules, unhedged_ms)
    return choose(POSITION, options_of(POSITION, Quotes(levels(*bids), ()), FeeSchedule(), later), later)


def test_a_loss_is_taken_only_after_the_time_that_an_excess_may_wait() -> None:
    bids = (("0.46", "100"),)
    assert weigh(bids, 30_000).verdict is Verdict.BELOW_MINIMUM
    late = weigh(bids, LATE)
    assert late.verdict is Verdict.TRADE
    assert late.chosen is not None
    assert (late.chosen.shares, late.chosen.gain) == (10 * SHARE, -400_000)


def test_a_loss_beyond_the_bound_is_never_taken() -> None:
    assert weigh((("0.45", "100"),), LATE).verdict is Verdict.TRADE
    assert weigh((("0.44", "100"),), LATE).verdict is Verdict.BELOW_MINIMUM


def test_the_fee_is_part_of_the_loss() -> None:
    later = rules_after(RULES, LATE)
    # 0.47 brings 0.03 less than entry, and the fee takes 0.0175: that makes 0.0475; at 0.46 it is 0.0574.
    for price, verdict in (("0.47", Verdict.TRADE), ("0.46", Verdict.BELOW_MINIMUM)):
        found = options_of(POSITION, Quotes(levels((price, "100")), ()), CRYPTO, later)
        assert choose(POSITION, found, later).verdict is verdict


def test_the_walk_goes_as_deep_as_the_loss_allows() -> None:
    chosen = weigh((("0.52", "4"), ("0.46", "4"), ("0.44", "9")), LATE).chosen
    assert chosen is not None
    assert (chosen.shares, chosen.price) == (8 * SHARE, 4_600)


def test_the_limit_stays_within_the_loss_and_the_slippage() -> None:
    later = rules_after(RULES, LATE)
    chosen = weigh((("0.47", "100"),), LATE).chosen
    assert chosen is not None
    assert limit_of(chosen, FeeSchedule(), POSITION, later, 100) == 4_500


def test_without_a_loss_allowed_an_excess_waits_on() -> None:
    off = RebalanceRules(max_unhedged_ms=0)
    assert rules_after(off, 10**9) is off


@given(st.integers(-500, 500), st.integers(0, 2_000), st.integers(0, 120_000))
def test_waiting_never_makes_the_rule_stricter(min_profit: int, max_loss: int, waited: int) -> None:
    rules = RebalanceRules(min_profit=min_profit, max_loss=max_loss)
    assert rules_after(rules, waited).min_profit <= rules.min_profit
