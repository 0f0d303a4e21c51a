"""Carries out what was typed: resolves it against the desk's picture, previews or sends it, says what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from cockpit.core import commands as cmd
from cockpit.core.errors import FailedError, RefusedError, UsageError
from cockpit.core.frame import PairRow
from cockpit.core.frame_orders import PreviewRow, Receipt
from cockpit.core.market import Leg
from cockpit.link.client import DeskClient, new_id
from cockpit.link.wire import Wanted
from cockpit.ordering import listing, words
from cockpit.ordering.resolve import leg_of, market_of, parent_of, target_of
from cockpit.ordering.talk import connect, refusal
from cockpit.ordering.typed import Typed

Make = Callable[[PairRow, Leg | None], Wanted]


def one_leg(typed: Typed, text: str | None, make: Callable[[str, Leg], Wanted]) -> Make:
    """Return what makes a command for one outcome of a market, given the text it was named by."""

    def made(pair: PairRow, by_token: Leg | None) -> Wanted:
        return make(pair.market_id, leg_of(typed, pair, text, by_token))

    return made


def carry_out(typed: Typed, folder: Path, market: str, make: Make, *, is_dry: bool, is_json: bool) -> int:
    """Preview or send an order; return the exit code. Raises: CockpitError for whatever the desk does not do."""
    with connect(folder) as desk:
        command = _made(typed, desk, market, make)
        if is_dry:
            return _say_preview(typed, desk.preview(command), is_json=is_json)
        return _say(typed, desk.send(command), is_json=is_json)


def enter(
    typed: Typed, folder: Path, market: str, make: Make, *, is_dry: bool, is_json: bool, is_confirmed: bool
) -> int:
    """Preview an entry, say what it means if one leg fills alone, and send what was seen once that is confirmed."""
    with connect(folder) as desk:
        command = _made(typed, desk, market, make)
        row = desk.preview(command)
    if is_dry or row.reason:
        return _say_preview(typed, row, is_json=is_json)
    # One object is all that goes to standard output for a program.
    out = sys.stderr if is_json else sys.stdout
    lines = [f"to be sent: {row.words}", f"  {row.effect}", f"  {row.money}", *words.risk_lines(row)]
    out.write("\n".join(lines) + "\n")
    out.flush()
    if not is_confirmed:
        _ask_person(out)
    if isinstance(command, cmd.Enter):
        # What was seen is what is sent: prices that were left open stay those of the preview.
        command = replace(command, prices=row.prices, shares=row.shares, budget=0)
    with connect(folder) as desk:
        return _say(typed, desk.send(command), is_json=is_json, risk=row.risk)


def _ask_person(out: TextIO) -> None:
    """Return once a person has confirmed. Raises: RefusedError, UsageError where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise UsageError("an entry can fill one leg alone: read that above, and give --confirm to send it")
    out.write("type y to send it: ")
    out.flush()
    if sys.stdin.readline().strip().lower() != "y":
        raise RefusedError("not confirmed: nothing was sent")


def cancel(typed: Typed, folder: Path, text: str, *, is_json: bool) -> int:
    """Cancel a parent, an entry or a single order; return the exit code."""
    with connect(folder) as desk:
        target = target_of(typed, desk.picture("parents", "entries"), text)
        return _say(typed, desk.send(cmd.Cancel(new_id(), target)), is_json=is_json)


def pause(typed: Typed, folder: Path, text: str, *, is_on: bool, is_json: bool) -> int:
    """Pause what is worked, or let it go on; return the exit code."""
    with connect(folder) as desk:
        target = parent_of(typed, desk.picture("parents", "entries"), text)
        return _say(typed, desk.send(cmd.Pause(new_id(), target, is_on)), is_json=is_json)


def amend(typed: Typed, folder: Path, text: str, limit: int, *, is_json: bool) -> int:
    """Change the limit of a parent; return the exit code."""
    with connect(folder) as desk:
        target = parent_of(typed, desk.picture("parents", "entries"), text)
        if target.startswith("E-"):
            raise typed.wrong("ID", "the prices of an entry stay as they were confirmed: cancel it and enter anew")
        return _say(typed, desk.send(cmd.Amend(new_id(), target, limit)), is_json=is_json)


def about_market(typed: Typed, folder: Path, market: str, make: Callable[[str], cmd.Command], *, is_json: bool) -> int:
    """Send a command about a market; return the exit code."""
    with connect(folder) as desk:
        typed.note("market", market)
        pair, _ = market_of(typed, desk.picture("pairs"), market)
        return _say(typed, desk.send(make(pair.market_id)), is_json=is_json)


def orders(folder: Path, *, is_json: bool) -> int:
    """List what is worked and what has ended; return the exit code."""
    with connect(folder) as desk:
        picture = desk.picture("header", "parents", "entries")
    _write(json.dumps(listing.to_json(picture)) if is_json else listing.to_text(picture))
    return 0


def _made(typed: Typed, desk: DeskClient, market: str, make: Make) -> Wanted:
    pair, by_token = market_of(typed, desk.picture("pairs"), market)
    return make(pair, by_token)


def _say_preview(typed: Typed, row: PreviewRow, *, is_json: bool) -> int:
    """Write a preview; a refusal ends as it would have if the command had been sent."""
    if is_json:
        _write(json.dumps(words.preview_json(row)))
    elif not row.reason:
        _write(words.preview_text(row))
    if row.reason:
        raise refusal(typed, row.reason, row.problem, row.field)
    return 0


def _say(typed: Typed, receipt: Receipt, *, is_json: bool, risk: tuple[str, ...] = ()) -> int:
    try:
        if is_json:
            _write(json.dumps(words.receipt_json(receipt, risk)))
        elif receipt.is_done:
            _write(receipt.text)
    except OSError as error:
        what = f"done all the same: {receipt.text}" if receipt.is_done else f"refused: {receipt.text}"
        raise FailedError(f"the output cannot be written ({error.strerror}); {what}") from None
    if not receipt.is_done:
        raise refusal(typed, receipt.reason, receipt.text, receipt.field)
    return 0


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
