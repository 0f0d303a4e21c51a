"""Why, asked of a desk: what was decided is told as it was made, after a restart too; the rest as it is now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Dismiss, Enter, Explain, Pause, Preview
from cockpit.core.entry import EntryKind, EntryRules
from cockpit.core.limits import Limits
from cockpit.core.market import Leg
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.units import SHARE
from cockpit.core.why import Why
from cockpit.desk.explaining.explainer import explain
from cockpit.desk.explaining.pairs import verdict_words
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench
from tests.desk.floor import Levels, bench, bid, floor_of, only_parent, split
from tests.desk.scenes import ask, by_hand, frame

Story = Callable[[Bench], Awaitable[None]]


def why(made: Bench, target: str) -> Why:
    return explain(made.desk, "why-1", target)


def blocking(made: Bench, target: str) -> tuple[str, str]:
    """Return the name and the words of the first closed gate."""
    gate = why(made, target).first_blocking
    return (gate.name, gate.words) if gate is not None else ("", "")


def played(made: Bench, story: Story) -> None:
    async def whole() -> None:
        task = await made.start()
        await story(made)
        await made.stop(task)

    run(whole())


def test_an_order_is_explained_by_what_it_was_let_through_with_also_after_a_restart() -> None:
    async def story() -> None:
        made = Bench()
        task = await made.start_and_approve(1)
        told = why(made, "c-0001")
        assert (told.kind, told.decision, told.first_blocking) == ("order", "sent", None)
        words = {gate.name: gate.words for gate in told.gates}
        assert words["order size"] == "10 shares, limit 100 shares"
        assert words["shares free to sell"] == "60 shares, at least 10 shares"
        assert dict((name, value) for name, value, _ in told.inputs)["by now"] == "filled; 10 filled"
        suggestion = why(made, "s-1-1")
        assert (suggestion.kind, suggestion.decision) == ("suggestion", "approved: SELL_YES 40 at 0.31 or better")
        await made.stop(task)
        made.new_desk()
        made.desk.recover()
        again = why(made, "c-0001")
        assert (again.gates, again.decided_ms, again.decision) == (told.gates, told.decided_ms, told.decision)
        assert why(made, "S-1-1").gates == suggestion.gates

    run(story())


def test_a_slice_that_was_not_sent_keeps_the_price_that_was_in_its_way() -> None:
    async def story(made: Bench) -> None:
        floor_of(made).others(((3000, 400 * SHARE),), ((3600, 400 * SHARE),))
        await ask(made, split(limit=3500), 2)
        told = why(made, "P-0001/1")
        assert told.kind == "slice"
        assert told.decision == "not sent: PRICE_MOVED best ask 0.36 is beyond the limit 0.35"
        assert blocking(made, "p-0001/1") == ("something to take", "best price 0.36, limit 0.35")
        assert told.would_change == "a best price of 0.35 or better (is 0.36)"
        assert ("P-0001/1", told.decision) in [(name, value) for name, value, _ in why(made, "P-0001").inputs]

    played(bench(), story)


def test_what_the_guard_refused_is_kept_with_every_gate() -> None:
    async def story(made: Bench) -> None:
        await ask(made, split(), 2)
        made.desk.rules = DeskRules(limits=Limits(max_order_size=SHARE))
        floor_of(made).others(((3000, 400 * SHARE),), ((3400, 400 * SHARE),))
        await asyncio.sleep(160)
        records = [fact for fact in made.journaled(ev.Decided) if isinstance(fact, ev.Decided)]
        slices = [record for record in records if record.kind == "slice"]
        skipped = made.journaled(ev.SliceSkipped)
        assert len(slices) == len(skipped)
        for record, fact in zip(slices, skipped, strict=True):
            assert isinstance(fact, ev.SliceSkipped)
            closed = next(gate.name for gate in record.gates if not gate.is_open)
            assert f"not sent: {fact.reason}" in record.decision, closed

    played(bench(), story)


@pytest.mark.parametrize(
    ("act", "gate"),
    [
        (lambda made: None, "next slice is due"),
        (lambda made: made.desk.submit(Pause("p", "P-0001", is_on=True)), "not paused"),
        (lambda made: floor_of(made).sink(ev.ConnectionChanged(0, "DOWN", False)), "connected"),
    ],
    ids=["between slices", "paused", "disconnected"],
)
def test_a_parent_says_what_it_waits_for(act: Callable[[Bench], None], gate: str) -> None:
    async def story(made: Bench) -> None:
        await ask(made, split(), 2)
        act(made)
        await asyncio.sleep(0.5)
        assert blocking(made, "P-0001")[0] == gate

    played(bench(), story)


def test_a_parent_at_the_top_says_where_it_belongs_and_that_all_of_it_is_out() -> None:
    async def story(made: Bench) -> None:
        await ask(made, bid(shares=20, show=20), 2)
        told = why(made, only_parent(made).id)
        inputs = {name: value for name, value, _ in told.inputs}
        assert inputs["its place"] == "0.31"
        assert inputs["best of others"] == "0.3"
        assert blocking(made, told.subject)[0] == "shares to send"

    played(bench(), story)


def test_an_entry_says_what_its_second_leg_waits_for() -> None:
    async def story(made: Bench) -> None:
        command = Enter("e", MARKET.id, EntryKind.MAKER_TAKER, Leg.YES, (3000, 6700), 20 * SHARE, life_ms=600_000)
        floor_of(made).others(((3000, 400 * SHARE),), ((3400, 400 * SHARE),))
        answer = await ask(made, command, 2)
        assert answer.is_done, answer.text
        name, words = blocking(made, "E-0001")
        assert (name, words[:17]) == ("other leg has filled", "0 shares to match")

    played(bench(), story)


def test_a_pair_is_told_by_the_gates_of_its_verdict_and_then_by_who_decides() -> None:
    async def story(made: Bench) -> None:
        assert blocking(made, MARKET.name)[0] == "approved by the rule"
        suggestion_id = made.desk.state.suggestion_ids[MARKET.id][1]
        assert why(made, suggestion_id).kind == "pair"
        await ask(made, Dismiss("d", suggestion_id))
        assert blocking(made, suggestion_id)[0] == "not dismissed"
        made.venue.quote(MARKET.id, ((2400, 400 * SHARE),), ((7000, 400 * SHARE),))
        await asyncio.sleep(0.5)
        assert made.desk.state.weighed[MARKET.id].choice.verdict.value == "gain below minimum"
        assert blocking(made, MARKET.id)[0] == "gain a share"

    played(Bench(), story)


@pytest.mark.parametrize(
    ("bids", "asks", "rules", "verdict", "gate"),
    [
        (((3200, 400 * SHARE),), ((3300, 400 * SHARE),), DeskRules(), "trade: SELL_YES", "approved by the rule"),
        (((3200, 400 * SHARE),), ((3300, 400 * SHARE),), DeskRules(pair_mode="off"), "off", "pairs are watched"),
        (((3400, 400 * SHARE),), ((3300, 400 * SHARE),), DeskRules(), "no quote", "not crossed"),
        ((), (), DeskRules(), "no quote", "somebody quotes"),
        (((3200, 2 * SHARE),), (), DeskRules(), "no quote", "shares on offer"),
        (((2400, 400 * SHARE),), (), DeskRules(), "gain below minimum", "gain a share"),
        (
            *(((3200, 10 * SHARE),), (), DeskRules(rebalance=RebalanceRules(allow_partial=False))),
            *("partial not allowed", "closes all of it"),
        ),
        (
            *(((3200, 400 * SHARE),), (), DeskRules(rebalance=RebalanceRules(threshold=3_000), max_delta_pct=10**6)),
            *("balanced", "out of balance"),
        ),
    ],
    ids=range(8),
)
def test_the_first_closed_gate_of_a_pair_is_the_reason_of_the_managers_verdict(
    bids: Levels, asks: Levels, rules: DeskRules, verdict: str, gate: str
) -> None:
    async def story(made: Bench) -> None:
        made.venue.quote(MARKET.id, bids, asks)
        await asyncio.sleep(0.5)
        told = why(made, MARKET.id)
        assert (told.decision, told.decision) == (verdict, verdict_words(made.desk.state.weighed[MARKET.id].choice))
        assert blocking(made, MARKET.id)[0] == gate

    played(Bench(rules=rules), story)


def test_a_market_in_which_nothing_is_held_says_why_no_entry_is_proposed() -> None:
    async def story(made: Bench) -> None:
        floor_of(made).others(((3300, 400 * SHARE),), ((3400, 400 * SHARE),))
        await asyncio.sleep(1.5)
        told = why(made, MARKET.name)
        assert (told.kind, told.decision) == ("offer", "nothing to propose")
        assert blocking(made, MARKET.id)[0] == "locks a pair"
        floor_of(made).others(((3000, 400 * SHARE),), ((3600, 400 * SHARE),))
        await asyncio.sleep(1.5)
        assert why(made, f"offer:{MARKET.name}").decision.startswith("proposed: maker-maker")

    played(bench(entry=EntryRules(reach=0)), story)


def test_market_data_alone_writes_no_decisions_and_a_verdict_that_flickers_one_a_minute() -> None:
    async def story(made: Bench) -> None:
        for number in range(240):
            price = 3200 if number % 2 else 2400
            made.venue.quote(MARKET.id, ((price, 400 * SHARE),), ((7000, 400 * SHARE),))
            await asyncio.sleep(0.5)
        kept = [fact for fact in made.journaled(ev.Decided) if isinstance(fact, ev.Decided)]
        assert 2 <= len(kept) <= 3, "one at the start, and one for each minute after it"
        assert len({fact.decision for fact in kept}) == 2

    played(Bench(), story)


def test_asking_changes_nothing_but_the_answers() -> None:
    async def story(made: Bench) -> None:
        made.desk.submit(made.approve())
        await asyncio.sleep(2)
        facts = len(list(made.store.load()))
        salt = made.desk.ids._draw.getstate()  # type: ignore[attr-defined]
        for number, target in enumerate(("c-0001", "P-0001", "P-0001/1", "S-1-1", MARKET.id, OTHER.name, "no such")):
            made.desk.submit(Explain(f"w-{number}", target))
        await asyncio.sleep(0.1)
        assert [row.request_id for row in frame(made).whys] == [f"w-{number}" for number in range(7)]
        assert len(list(made.store.load())) == facts
        assert made.desk.ids._draw.getstate() == salt  # type: ignore[attr-defined]

    played(Bench(), story)


@pytest.mark.parametrize("target", ["", "   ", "zzz", "P-0009", "E-0001", "c-0099", "0x", "offer:", "P-0001/"])
def test_what_is_not_known_is_one_sentence_with_what_there_is(target: str) -> None:
    async def story(made: Bench) -> None:
        told = why(made, target)
        assert told.problem.startswith("there is no order, suggestion or market of that name; there are")
        assert (told.gates, told.inputs) == ((), ())

    played(Bench(), story)


def test_an_order_is_found_by_the_beginning_of_its_id_and_a_name_that_fits_several_is_asked_back() -> None:
    async def story(made: Bench) -> None:
        await ask(made, by_hand(), 1)
        (order,) = made.desk.state.orders.values()
        assert why(made, order.id[:8]).subject == "c-0001"
        made.desk.record(ev.MarketListed(0, replace(OTHER, id="m-9", name=f"{MARKET.name} two", tokens=("91", "92"))))
        assert why(made, MARKET.name[:4]).problem == f"that may be {MARKET.name}, {MARKET.name} two"
        assert why(made, MARKET.name).problem == ""

    played(bench(), story)


def test_a_question_that_fails_is_answered_so_and_the_desk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(made: Bench) -> None:
        def broken(*_: object) -> Why:
            raise KeyError("gone")

        monkeypatch.setattr("cockpit.desk.explaining.explainer.explain_pair", broken)
        made.desk.submit(Explain("w-1", MARKET.id))
        await asyncio.sleep(0.2)
        assert frame(made).whys[-1].problem == "this cannot be explained: KeyError: 'gone'"
        assert (await ask(made, by_hand(), 1)).is_done

    played(Bench(), story)


def test_what_is_previewed_is_not_recorded_as_decided() -> None:
    async def story(made: Bench) -> None:
        made.desk.submit(Preview("v", split()))
        await asyncio.sleep(0.5)
        assert not made.journaled(ev.Decided)
        assert made.desk.state.parents == {}

    played(bench(), story)
