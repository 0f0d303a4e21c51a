"""The commands that free capital, and the one that says what the manager may do with a pair, as they are typed."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from cockpit.cli_common import Seed
from cockpit.ordering.options import AsJson, lenient_folder
from cockpit.ordering.typed import Typed

Name = Annotated[str, Parameter(name="MARKET", help="Its name, a beginning of it, its condition id or an asset id.")]
MODES = ("suggest", "auto", "off", "default")


def merge(
    market: Name,
    /,
    *,
    shares: Annotated[str | None, Parameter(help="Pairs; all that can be merged otherwise.")] = None,
    seed: Seed = None,
    json_: AsJson = False,
) -> int:
    """Merge pairs of a market into cash: one share of each outcome for 1 USD."""
    from cockpit.core import commands as cmd
    from cockpit.link.client import new_id
    from cockpit.ordering import sending

    typed = Typed()
    wanted = typed.shares("shares", shares) if shares is not None else 0
    folder = lenient_folder(seed)
    return sending.about_market(typed, folder, market, lambda m: cmd.Merge(new_id(), m, wanted), is_json=json_)


def redeem(market: Name, /, *, seed: Seed = None, json_: AsJson = False) -> int:
    """Redeem what a resolved market owes."""
    from cockpit.core import commands as cmd
    from cockpit.link.client import new_id
    from cockpit.ordering import sending

    folder = lenient_folder(seed)
    return sending.about_market(Typed(), folder, market, lambda m: cmd.Redeem(new_id(), m), is_json=json_)


def mode(
    market: Name,
    mode_: Annotated[str, Parameter(name="MODE", help="suggest, auto or off; default for COCKPIT_PAIR_MODE.")],
    /,
    *,
    seed: Seed = None,
    json_: AsJson = False,
) -> int:
    """Choose what the cockpit may do about a pair that is out of balance."""
    from cockpit.core import commands as cmd
    from cockpit.link.client import new_id
    from cockpit.ordering import sending

    typed = Typed()
    chosen = typed.choice("MODE", mode_, MODES)
    wanted = "" if chosen == "default" else chosen
    folder = lenient_folder(seed)
    return sending.about_market(typed, folder, market, lambda m: cmd.SetMode(new_id(), m, wanted), is_json=json_)
