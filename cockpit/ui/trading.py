"""`TradingScreen`: the keys of orders. Whatever sends goes through `hands`; whatever is risky opens a dialog first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from cockpit.core.frame import Frame, PairRow
from cockpit.core.frame_capital import CapitalRow
from cockpit.core.frame_orders import ChildRow, EntryRow, ParentRow, SuggestionRow
from cockpit.core.parent import ParentState
from cockpit.ui import drafts, words
from cockpit.ui.dialogs.approve import ApproveDialog
from cockpit.ui.dialogs.ask import CancelDialog, CancelEntryDialog
from cockpit.ui.dialogs.free import AutoDialog, FreeDialog
from cockpit.ui.dialogs.place import KINDS, AmendDialog, Filled
from cockpit.ui.dialogs.word import SignOffDialog
from cockpit.ui.footer import is_any_open
from cockpit.ui.form import Form
from cockpit.ui.hands import Hands
from cockpit.ui.layout import PaneScreen
from cockpit.ui.panes import orders, suggestions
from cockpit.ui.panes.book import pair_of
from cockpit.ui.panes.capital import capital_of

NO_ORDER = "no order is selected: 5, then j and k"


@dataclass(frozen=True, slots=True)
class Draft:
    """An order form that was left: it opens again as it was, unless the desk took what it sent."""

    form: Form
    command_id: str
    """Empty when nothing was sent."""


class TradingScreen(PaneScreen):
    """What keys do to suggestions and orders."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._drafts: dict[tuple[str, str], Draft] = {}
        """By kind of order and market."""

    def action_approve(self) -> None:
        """Open the dialog for the selected suggestion, or the first open one; for an entry its form, filled in."""
        frame = self.newest
        if frame is None:
            return
        selected, focused = self.pane("suggestions").key, self.focused_pane.id
        here = selected if focused == "suggestions" else self.selected_market if focused != "orders" else ""
        freed = capital_of(frame, here)
        if freed is not None:
            self.app.push_screen(FreeDialog(frame, freed), partial(self._freed, freed))
            return
        row = suggestions.chosen(frame, here, selected)
        offer = suggestions.offer_of(frame, here)
        if offer is None and (row is None or not (row.id or row.parent_id)):
            offer = suggestions.chosen_offer(frame, here, selected)
        pair = pair_of(frame, offer.market_id) if offer is not None else None
        if offer is not None and pair is not None:
            self._fill_in("entry", frame, pair, drafts.form_of_offer(pair, offer))
            return
        if row is None or not row.id:
            self.hands.host.say(suggestions.why_nothing(frame, row))
            return
        self.pane("suggestions").move_to_key(row.market_id)
        dialog = ApproveDialog(frame, row, self.hands)
        self.app.push_screen(dialog, partial(self._approved, row))

    def _approved(self, row: SuggestionRow, choice: str | None) -> None:
        if choice == "send":
            self.hands.approve(row)
        elif choice == "dismiss":
            self.hands.dismiss(row)

    def _freed(self, row: CapitalRow, is_wanted: bool | None) -> None:
        if is_wanted:
            self.hands.free(row)

    def action_mode(self) -> None:
        """Go to the next mode of the selected pair: to suggest only, to act by itself (which asks), to do nothing."""
        pair = pair_of(self.newest, self.selected_market) if self.newest is not None else None
        if pair is None or self.newest is None:
            self.hands.host.say("no pair is selected: 1, then j and k")
        elif pair.ended:
            self.hands.host.say(f"{words.clean(pair.name)} has ended")
        elif pair.mode == "suggest":
            self.app.push_screen(AutoDialog(self.newest, pair), partial(self._let, pair.market_id))
        else:
            self.hands.set_mode(pair.market_id, "off" if pair.mode == "auto" else "suggest")

    def _let(self, market_id: str, is_wanted: bool | None) -> None:
        if is_wanted:
            self.hands.set_mode(market_id, "auto")

    def action_hide(self) -> None:
        """Hide the selected suggestion."""
        selected = self.pane("suggestions").key
        rows = self.newest.suggestions if self.newest is not None else ()
        row = next((row for row in rows if row.id and row.market_id == selected), None)
        if row is None:
            self.hands.host.say("the selected row is not an open suggestion")
        else:
            self.hands.dismiss(row)

    def action_new(self, kind: str) -> None:
        """Open the form for a kind of order and the selected pair, as it was left."""
        frame = self.newest
        pair = pair_of(frame, self.selected_market) if frame is not None else None
        if frame is None or pair is None:
            self.hands.host.say("no pair is selected: 1, then j and k")
            return
        draft = self._drafts.get((kind, pair.market_id))
        is_kept = draft is not None and (not draft.command_id or self.hands.was_refused(draft.command_id))
        self._fill_in(kind, frame, pair, draft.form if draft is not None and is_kept else None)

    def _fill_in(self, kind: str, frame: Frame, pair: PairRow, form: Form | None) -> None:
        dialog = KINDS[kind].open(frame, self.hands, pair, form)
        self.app.push_screen(dialog, partial(self._filled, kind, pair.market_id))

    def _filled(self, kind: str, market_id: str, filled: Filled | None) -> None:
        if filled is not None:
            sent = self.hands.start(filled.command, kind) if filled.command is not None else ""
            self._drafts[kind, market_id] = Draft(filled.form, sent)

    def action_amend(self) -> None:
        """Open the form for another limit."""
        (parent, _), entry = self._order(), self._entry()
        if entry is not None:
            self.hands.host.say(f"{entry.id} is an entry: its limits stay as approved")
        elif parent is None or self.newest is None:
            self.hands.host.say(self._why_no_order())
        elif not parent.state.is_open:
            self.hands.host.say(f"{parent.id} is {parent.state.value}: nothing to change")
        elif not orders.may_amend(parent):
            self.hands.host.say(f"{parent.id} is part of a suggestion or an entry: its limit stays as approved")
        else:
            dialog = AmendDialog(self.newest, self.hands, parent)
            self.app.push_screen(dialog, partial(self._amended, parent.id))

    def _amended(self, parent_id: str, limit: int | None) -> None:
        if limit is not None:
            self.hands.amend(parent_id, limit)

    def action_cancel(self) -> None:
        """Ask for a parent, cancel a child at once; one that may be signed off is offered for that."""
        parent, child = self._order()
        entry = self._entry()
        if entry is not None and self.newest is not None:
            self._cancel_entry(self.newest, entry)
        elif parent is None or self.newest is None:
            self.hands.host.say(self._why_no_order())
        elif child is not None and child.may_sign_off:
            self.app.push_screen(SignOffDialog(self.newest, child), partial(self._signed_off, child.id))
        elif child is not None:
            self.hands.cancel(child.id)
        elif not parent.state.is_open:
            self.hands.host.say(f"{parent.id} is {parent.state.value}: nothing to cancel")
        else:
            self.app.push_screen(CancelDialog(self.newest, parent), partial(self._cancelled, parent.id))

    def _order(self) -> tuple[ParentRow | None, ChildRow | None]:
        return orders.owner_of(self.newest, self.pane("orders").key) if self.newest is not None else (None, None)

    def _entry(self) -> EntryRow | None:
        return orders.entry_of(self.newest, self.pane("orders").key) if self.newest is not None else None

    def _cancel_entry(self, frame: Frame, entry: EntryRow) -> None:
        if not entry.state.is_open:
            self.hands.host.say(f"{entry.id} is {entry.state.value}: nothing to cancel")
        else:
            self.app.push_screen(CancelEntryDialog(frame, entry), partial(self._cancelled, entry.id))

    def _why_no_order(self) -> str:
        is_foreign = orders.is_foreign(self.pane("orders").key)
        return "not ours: only a stop of the whole account ends it (P)" if is_foreign else NO_ORDER

    def _cancelled(self, target_id: str, is_wanted: bool | None) -> None:
        if is_wanted:
            self.hands.cancel(target_id)

    def _signed_off(self, order_id: str, word: str | None) -> None:
        if word:
            self.hands.sign_off(order_id, word)

    def action_cancel_all(self) -> None:
        """Cancel everything at once; it is sent in any case, for the desk may know more than the screen."""
        self.hands.cancel_all()
        frame = self.newest
        if frame is not None and not is_any_open(frame) and not frame.header.orders_live:
            self.hands.host.say("nothing to cancel: no order is open or live")

    def action_pause(self) -> None:
        """Pause or resume the parent, or both legs of the entry."""
        parent, _ = self._order()
        row = self._entry() or parent
        if row is None:
            self.hands.host.say(self._why_no_order())
        elif not row.state.is_open:
            self.hands.host.say(f"{row.id} is {row.state.value}: nothing to pause")
        else:
            # What is seen decides: pressed twice on a slow line it does not turn back.
            legs = self._entry()
            names = legs.parents if legs is not None else (row.id,)
            parents = self.newest.parents if self.newest is not None else ()
            is_on = any(leg.state is ParentState.WORKING for leg in parents if leg.id in names)
            self.hands.pause(row.id, is_on=is_on)

    def action_fold(self) -> None:
        """Show the orders of the parent or entry the cursor is on, or hide them."""
        (parent, child), entry = self._order(), self._entry()
        if self.newest is None or (parent is None and entry is None):
            self.hands.host.say(self._why_no_order())
            return
        names = entry.parents if entry is not None else (parent.id,) if parent is not None else ()
        sent = {row.id for row in self.newest.parents if row.id in names and row.children}
        if not sent:
            self.hands.host.say(f"{names[0] if entry is None else entry.id} has sent no order yet")
            return
        if child is not None and parent is not None:
            self.pane("orders").move_to_key(parent.id)
        self.unfolded = self.unfolded - sent if sent <= self.unfolded else self.unfolded | sent
        self.pane("orders").again()
