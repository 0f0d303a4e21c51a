"""Worker: merges pairs and redeems what has won: when a person asks, or by itself where the settings say so.

The intent is on disk before the request leaves. No answer proves nothing: the venue's list of conversions does, and one
that is missing there after the quarantine has not happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind, ConversionState, check_merge, check_redeem, mergeable
from cockpit.core.limits import Reason, Refused
from cockpit.core.recycle import Proposal, proposals
from cockpit.core.units import LOT, money_text, shares_text
from cockpit.desk.ids import conversion_id
from cockpit.desk.manager import AUTO
from cockpit.desk.rules import PairMode
from cockpit.venues.base import Rejected, Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

LOOK_MS = 10_000
"""A conversion that takes longer than this is looked up."""
PAUSE_MS = 30_000
"""After a failure the rule leaves a market alone for so long, doubling up to an hour."""
_MINUTE_MS, _DAY_MS, _HOUR_MS = 60_000, 86_400_000, 3_600_000


class Converter:
    """Turns shares into cash."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent: set[str] = set()
        """Conversions whose request is on its way from this process."""
        self._count = 0
        self._failures: dict[str, int] = {}
        """Market id -> failures in a row."""
        self._not_before: dict[str, int] = {}

    async def run(self) -> None:
        """Once a second: do what the rule may do, and look up what takes long."""
        while True:
            await self._desk.clock.sleep(1.0)
            if self._desk.is_ready:
                self._by_rule()
                await self._look()

    def proposed(self) -> list[Proposal]:
        """Return what could be freed now, in the order it would be done."""
        return proposals(self._desk.state, self._desk.clock.now_ms(), self._desk.rules.min_merge)

    def shown(self) -> list[Proposal]:
        """Return those of them that people should see: not what the settings leave alone."""
        return [proposal for proposal in self.proposed() if self._mode_of(proposal.kind) != "off"]

    def _mode_of(self, kind: ConversionKind) -> PairMode:
        rules = self._desk.rules
        return rules.merges if kind is ConversionKind.MERGE else rules.redeems

    # ---- commands ----

    def merge(self, command: cmd.Merge) -> str | Refused:
        """Merge pairs: as many as asked for, or all that can be."""
        desk, state, market_id = self._desk, self._desk.state, command.market_id
        market, position, own = (
            state.markets.get(market_id),
            state.position(market_id),
            tuple(state.live_orders(market_id)),
        )
        shares = command.shares or mergeable(position, own)
        account, has_resolved = desk.guard.account(market_id), market_id in state.ended
        # Where none is left, asking for the least there could be says why.
        refused = check_merge(shares or LOT, market, position, own, account, has_resolved=has_resolved)
        return self._ask(command.id, market_id, ConversionKind.MERGE, shares, refused)

    def redeem(self, command: cmd.Redeem) -> str | Refused:
        """Redeem what a resolved market owes."""
        state = self._desk.state
        if any(state.converting(command.market_id)):
            return Refused(Reason.ALREADY_WORKING, "a redemption of this market is on its way already")
        claim, account = state.claims.get(command.market_id, 0), self._desk.guard.account(command.market_id)
        market, has_resolved = state.markets.get(command.market_id), command.market_id in state.ended
        refused = check_redeem(market, claim, account, has_resolved=has_resolved)
        return self._ask(command.id, command.market_id, ConversionKind.REDEEM, 0, refused)

    def _ask(
        self, command_id: str, market_id: str, kind: ConversionKind, shares: int, refused: Refused | None
    ) -> str | Refused:
        desk, now = self._desk, self._desk.clock.now_ms()
        refused = refused or self._quota(now)
        if refused is not None:
            return refused
        by = "rule" if command_id.startswith(AUTO) else "person"
        name = conversion_id(desk.venue.account, market_id, kind, shares, desk.ids.salt())
        conversion = Conversion(name, market_id, kind, shares, now, by)
        desk.record(ev.ConversionAsked(now, conversion, command_id))
        self._sent.add(name)
        desk.start(f"convert {name[:10]}", self._send(conversion))
        market = desk.state.markets[market_id].name
        if kind is ConversionKind.MERGE:
            words = f"merging {shares_text(shares)} pairs of {market}"
        else:
            words = f"redeeming {money_text(desk.state.claims[market_id])} USD of {market}"
        desk.note("info", words)
        return words

    def _quota(self, now: int) -> Refused | None:
        """Refuse what the venue would refuse."""
        terms = self._desk.venue.terms.conversions
        if terms is None:
            return Refused(Reason.VENUE, "this venue merges and redeems nothing")
        asked = [now - c.asked_ms for c in self._desk.state.conversions.values() if c.by != "venue"]
        for most, within, words in ((terms.per_minute, _MINUTE_MS, "minute"), (terms.per_day, _DAY_MS, "day")):
            if sum(ago < within for ago in asked) >= most:
                return Refused(Reason.RATE, f"the venue carries out at most {most} merges and redemptions a {words}")
        return None

    # ---- sending, and proof ----

    async def _send(self, conversion: Conversion) -> None:
        desk = self._desk
        try:
            await desk.journal.barrier()
            if desk.state.halted or desk.is_fenced or not desk.may_send:
                self._fail(conversion.id, "withdrawn before it was sent")
                return
            answer = await desk.venue.convert(conversion)
        except Unanswered as error:
            desk.note("warning", f"no answer to {conversion.kind}: {error}; it is looked up")
            return
        finally:
            self._sent.discard(conversion.id)
        if isinstance(answer, Rejected) and answer.code != "duplicated":
            self._fail(conversion.id, f"{answer.code}: {answer.text}")

    async def _look(self) -> None:
        state, now = self._desk.state, self._desk.clock.now_ms()
        if any(now - conversion.asked_ms > LOOK_MS for conversion in state.converting()):
            try:
                await self.read()
            except Unanswered:
                await self._desk.clock.sleep(LOOK_MS / 1000)

    async def read(self) -> None:
        """Read all conversions from the venue and record what is news. Raises: Unanswered."""
        desk, asked_ms = self._desk, self._desk.clock.now_ms()
        found = {conversion.id: conversion for conversion in await desk.venue.conversions()}
        for theirs in found.values():
            self._learn(theirs)
        for ours in list(desk.state.converting()):
            is_late = asked_ms - ours.asked_ms > desk.venue.terms.quarantine_ms
            if ours.id not in found and ours.id not in self._sent and is_late:
                self._fail(ours.id, "it never reached the venue")

    def _learn(self, theirs: Conversion) -> None:
        desk, now = self._desk, self._desk.clock.now_ms()
        ours = desk.state.conversions.get(theirs.id)
        if theirs.state is ConversionState.FAILED:
            if ours is not None and ours.is_pending:
                self._fail(theirs.id, theirs.reason)
        elif theirs.state is ConversionState.DONE and (ours is None or ours.state is not ConversionState.DONE):
            if theirs.kind is ConversionKind.MERGE:
                desk.take(ev.PairsMerged(now, theirs.market_id, theirs.shares, theirs.id))
            else:
                desk.take(ev.ClaimRedeemed(now, theirs.market_id, theirs.amount, theirs.id))

    def _fail(self, name: str, why: str) -> None:
        self._desk.take(ev.ConversionFailed(self._desk.clock.now_ms(), name, why))

    def ended(self, event: ev.PairsMerged | ev.ClaimRedeemed | ev.ConversionFailed) -> None:
        """Tell people how a conversion ended, and let the rule wait after a failure."""
        desk = self._desk
        known = desk.state.conversions.get(event.conversion_id)
        market_id = known.market_id if known is not None else getattr(event, "market_id", "")
        name = desk.state.markets[market_id].name if market_id in desk.state.markets else market_id
        if isinstance(event, ev.ConversionFailed):
            failures = self._failures[market_id] = self._failures.get(market_id, 0) + 1
            pause = min(PAUSE_MS * 2 ** min(failures - 1, 10), _HOUR_MS)
            self._not_before[market_id] = desk.clock.now_ms() + pause
            desk.note("warning", f"{known.kind if known else 'conversion'} of {name} failed: {event.reason}")
            return
        self._failures.pop(market_id, None)
        if isinstance(event, ev.PairsMerged):
            desk.note("info", f"merged {shares_text(event.shares)} pairs of {name} into {money_text(event.shares)} USD")
        else:
            desk.note("info", f"redeemed {money_text(event.amount)} USD of {name}")

    # ---- the rule ----

    def _by_rule(self) -> None:
        desk, rules = self._desk, self._desk.rules
        if desk.state.halted or not desk.may_send or "auto" not in (rules.merges, rules.redeems):
            return
        for proposal in self.proposed():
            is_merge = proposal.kind is ConversionKind.MERGE
            market_id = proposal.market_id
            if self._mode_of(proposal.kind) != "auto" or desk.clock.now_ms() < self._not_before.get(market_id, 0):
                continue
            if self._quota(desk.clock.now_ms()) is not None:
                return
            if market_id in desk.state.pair_halted or (is_merge and self._is_busy(market_id)):
                continue
            self._count += 1
            command_id = f"{AUTO}{proposal.kind}-{desk.state.starts}-{self._count}"
            if is_merge:
                desk.submit(cmd.Merge(command_id, market_id, proposal.shares))
            else:
                desk.submit(cmd.Redeem(command_id, market_id))
            return

    def _is_busy(self, market_id: str) -> bool:
        """Return whether a pair is being worked: its sales may still need the shares."""
        state = self._desk.state
        return state.open_parent(market_id) is not None or any(state.converting(market_id))
