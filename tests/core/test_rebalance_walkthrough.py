"""The worked examples of the requirements, to the cent."""

from __future__ import annotations

import pytest

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill
from cockpit.core.position import Position, position_of
from cockpit.core.rebalance import (
    Choice,
    Option,
    Quotes,
    RebalanceRules,
    Verdict,
    choose,
    hedge_ratio,
    is_balanced,
    limit_of,
    options_of,
)
from cockpit.core.units import SHARE, parse_money, parse_price
from tests.core.builders import CRYPTO, fill, held, levels

FREE = FeeSchedule()
POSITION = held("10", "0.48", "6", "0.49")
QUOTES = Quotes(levels(("0.52", "100")), levels(("0.46", "100")))


def weigh(
    position: Position, quotes: Quotes, fees: FeeSchedule = FREE, rules: RebalanceRules | None = None
) -> tuple[Choice, dict[str, Option]]:
    rules = rules or RebalanceRules()
    found = options_of(position, quotes, fees, rules)
    return choose(position, found, rules), {option.action: option for option in found}


@pytest.mark.parametrize(("prefer_sell", "action"), [(True, "SELL_YES"), (False, "BUY_NO")])
def test_the_walkthrough_to_the_cent(prefer_sell: bool, action: str) -> None:
    choice, found = weigh(POSITION, QUOTES, rules=RebalanceRules(prefer_sell=prefer_sell))
    sell, buy = found["SELL_YES"], found["BUY_NO"]
    for option in (sell, buy):
        assert option.shares == 4 * SHARE
        assert option.fee == 0
        assert option.locked_before == parse_money("1.74") * -1
        assert not option.is_partial
    assert (sell.money, sell.profit, sell.gain, sell.locked_after) == (2_080_000, 160_000, 160_000, 340_000)
    assert (buy.money, buy.profit, buy.gain, buy.locked_after) == (1_840_000, 420_000, 240_000, 420_000)
    assert choice.verdict is Verdict.TRADE
    assert choice.chosen is found[action]
    assert choice.options == (sell, buy)


def test_before_the_trade_it_wins_2_26_or_loses_1_74() -> None:
    assert (POSITION.if_yes, POSITION.if_no) == (2_260_000, -1_740_000)
    assert hedge_ratio(POSITION) == 6_000


@pytest.mark.parametrize("prefer_sell", [True, False])
def test_the_walkthrough_with_the_legs_swapped(prefer_sell: bool) -> None:
    rules = RebalanceRules(prefer_sell=prefer_sell)
    choice, found = weigh(held("6", "0.49", "10", "0.48"), QUOTES, rules=rules)
    assert set(found) == {"SELL_NO", "BUY_YES"}
    assert found["SELL_NO"].gain == 160_000
    assert found["BUY_YES"].locked_after == 420_000
    assert choice.chosen is found["SELL_NO" if prefer_sell else "BUY_YES"]


@pytest.mark.parametrize("prefer_sell", [True, False])
def test_mirrored_quotes_are_one_trade_and_a_bad_one_is_not_taken(prefer_sell: bool) -> None:
    """The seed's profit would let the purchase pass: it counts what the matched shares had locked already."""
    bids = levels(("0.05", "100"))
    rules = RebalanceRules(prefer_sell=prefer_sell, threshold=9_500, max_position_cost=10**12)
    choice, found = weigh(held("100", "0.40", "90", "0.40"), Quotes(bids, levels(("0.95", "100"))), rules=rules)
    sell, buy = found["SELL_YES"], found["BUY_NO"]
    assert buy.profit > 0
    assert buy.profit / buy.shares * SHARE > rules.min_profit
    assert sell.gain == buy.gain == -3_500_000
    assert sell.locked_after == buy.locked_after
    assert choice.verdict is Verdict.BELOW_MINIMUM
    assert choice.chosen is None


@pytest.mark.parametrize(
    ("yes", "no", "balanced"),
    [
        ("10", "8", True),
        ("10", "7.99", False),
        ("8", "10", True),
        ("7.999999", "10", False),
        ("0", "0", True),
        ("5", "0", False),
        ("6", "6", True),
    ],
)
def test_the_threshold_itself_is_balanced(yes: str, no: str, balanced: bool) -> None:
    position = held(yes, "0.5", no, "0.5")
    assert is_balanced(position, 8_000) == balanced
    assert (weigh(position, QUOTES)[0].verdict is Verdict.BALANCED) == balanced


def test_the_fee_is_taken_off_the_gain_and_can_forbid_the_trade() -> None:
    free, _ = weigh(POSITION, QUOTES)
    choice, found = weigh(POSITION, QUOTES, CRYPTO)
    sell = found["SELL_YES"]
    assert sell.fee == CRYPTO.taker(4 * SHARE, parse_price("0.52")) == 69_890
    assert sell.gain == 160_000 - 69_890
    assert sell.locked_after == 340_000 - 69_890
    assert free.chosen is not None
    assert choice.chosen is sell
    dear = Quotes(levels(("0.51", "100")), levels(("0.495", "100")))
    assert weigh(POSITION, dear)[0].verdict is Verdict.TRADE
    assert weigh(POSITION, dear, CRYPTO)[0].verdict is Verdict.BELOW_MINIMUM


def test_fees_already_paid_are_in_what_is_locked() -> None:
    paid: list[Fill] = [
        fill("y", price="0.48", shares="10", fee=50_000),
        fill("n", leg=Leg.NO, price="0.49", shares="6"),
    ]
    _, found = weigh(position_of("m", paid), QUOTES)
    assert found["SELL_YES"].locked_before == -1_790_000
    assert found["SELL_YES"].locked_after == 290_000
    assert found["SELL_YES"].gain == 160_000


def test_limits_stay_within_slippage_and_minimum_gain() -> None:
    _, found = weigh(POSITION, QUOTES)
    sell, buy = found["SELL_YES"], found["BUY_NO"]
    assert limit_of(sell, FREE, POSITION, RebalanceRules(max_slippage=100), 100) == parse_price("0.51")
    assert limit_of(sell, FREE, POSITION, RebalanceRules(max_slippage=900), 100) == parse_price("0.50")
    assert limit_of(buy, FREE, POSITION, RebalanceRules(max_slippage=250), 100) == parse_price("0.48")
    assert limit_of(buy, FREE, POSITION, RebalanceRules(max_slippage=900), 100) == parse_price("0.50")
    assert limit_of(buy, FREE, POSITION, RebalanceRules(max_slippage=0), 100) == parse_price("0.46")
    assert sell.side is Side.SELL
