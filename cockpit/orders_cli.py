"""The commands that place orders, as they are typed in another terminal than the desk's: see docs/commands.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from cockpit.cli_common import Seed, settings_of
from cockpit.core.errors import UsageError
from cockpit.ordering.options import (
    ALGORITHMS,
    ENDS,
    KINDS,
    STYLES,
    TYPES,
    AsJson,
    DryRun,
    LegName,
    Life,
    Limit,
    Market,
    SideName,
    folder_of,
)
from cockpit.ordering.typed import Typed

if TYPE_CHECKING:
    from cockpit.core.market import Side


def place(
    *,
    market: Market,
    leg: LegName = None,
    side: SideName,
    size: Annotated[str, Parameter(help="Shares.")],
    limit: Limit,
    type_: Annotated[str, Parameter(name="--type", help="gtd, gtc, fak or fok.")] = "gtd",
    post_only: Annotated[bool, Parameter(help="Refuse it where it would trade at once.", negative="")] = False,
    life: Annotated[str | None, Parameter(help="How long it may rest, like 90s, 10m, 2d; 10m otherwise.")] = None,
    dry_run: DryRun = False,
    seed: Seed = None,
    json_: AsJson = False,
) -> int:
    """Place one order with the desk that runs."""
    from cockpit.core import commands as cmd
    from cockpit.core.order import OrderType
    from cockpit.link.client import new_id
    from cockpit.ordering import sending

    typed = Typed()
    way, kind = _side(typed, side), OrderType[typed.choice("type", type_, TYPES).upper()]
    shares, price = typed.shares("size", size), typed.price("limit", limit)
    life_s = typed.span_ms("life", life if life is not None else "10m") // 1000
    if life is not None and not kind.can_rest:
        raise typed.wrong("life", f"a {kind} order never rests: leave it out")
    if post_only:
        typed.flag("post-only")
    make = sending.one_leg(
        typed,
        leg,
        lambda market_id, its_leg: cmd.Place(new_id(), market_id, its_leg, way, shares, price, kind, post_only, life_s),
    )
    folder = folder_of(settings_of(cockpit_seed=seed))
    typed.note("market", market)
    return sending.carry_out(typed, folder, market, make, is_dry=dry_run, is_json=json_)


def split(
    *,
    market: Market,
    leg: LegName = None,
    side: SideName,
    total: Annotated[str, Parameter(help="Shares in all.")],
    limit: Limit,
    algo: Annotated[str | None, Parameter(help="twap, vwap, iceberg or random; SPLITTING_STRATEGY otherwise.")] = None,
    window: Annotated[
        str | None, Parameter(help="The time it is spread over, like 60m; COCKPIT_SPLIT_MINUTES otherwise.")
    ] = None,
    min_: Annotated[str, Parameter(name="--min", help="Least shares of a child; 0: MIN_ORDER_SIZE.")] = "0",
    max_: Annotated[
        str, Parameter(name="--max", help="Most shares of a child; 0: a quarter of the total, at most MAX_ORDER_SIZE.")
    ] = "0",
    style: Annotated[
        str | None, Parameter(help="take, rest or top; by ENABLE_TOP_BIDDER top or take otherwise.")
    ] = None,
    at_end: Annotated[
        str | None, Parameter(help="cross, leave or cancel what is left then; COCKPIT_AT_END otherwise.")
    ] = None,
    dry_run: DryRun = False,
    seed: Seed = None,
    json_: AsJson = False,
) -> int:
    """Work a total quietly: cut into children over a time window."""
    from cockpit.core import commands as cmd
    from cockpit.core.parent import Algorithm, AtEnd, Style
    from cockpit.link.client import new_id
    from cockpit.ordering import sending

    typed, settings = Typed(), settings_of(cockpit_seed=seed)
    way, shares, price = _side(typed, side), typed.shares("total", total), typed.price("limit", limit)
    strategy = settings.splitting_strategy if algo is None else typed.choice("algo", algo, ALGORITHMS)
    algorithm = Algorithm[strategy.upper()]
    if window is None:
        typed.note("window", f"{settings.cockpit_split_minutes:f}", "COCKPIT_SPLIT_MINUTES")
        window_ms = int(settings.cockpit_split_minutes * 60_000)
    else:
        window_ms = typed.span_ms("window", window)
    least = typed.shares("min", min_, may_be_zero=True)
    most = typed.shares("max", max_, may_be_zero=True)
    usual = Style.TOP if settings.enable_top_bidder else Style.REST if algorithm is Algorithm.ICEBERG else Style.TAKE
    how = Style(typed.choice("style", style, STYLES)) if style is not None else usual
    end = AtEnd(typed.choice("at-end", at_end, ENDS) if at_end is not None else settings.cockpit_at_end)
    make = sending.one_leg(
        typed,
        leg,
        lambda market_id, its_leg: cmd.Split(
            new_id(), market_id, its_leg, way, shares, price, algorithm, window_ms, least, most, how, end
        ),
    )
    typed.note("market", market)
    return sending.carry_out(typed, folder_of(settings), market, make, is_dry=dry_run, is_json=json_)


def bid(
    *,
    market: Annotated[str | None, Parameter(help="As for the others; the asset id in TOKEN_ID otherwise.")] = None,
    leg: LegName = None,
    side: Annotated[str | None, Parameter(help="buy or sell; SIDE otherwise.")] = None,
    total: Annotated[str | None, Parameter(help="Shares in all; TOTAL_SHARES otherwise.")] = None,
    limit: Annotated[str | None, Parameter(help="Price never gone beyond; LIMIT_PRICE otherwise.")] = None,
    show: Annotated[str | None, Parameter(help="Shares that rest at a time; SHARES_PER_ORDER otherwise.")] = None,
    life: Life = "60m",
    beyond: Annotated[str, Parameter(help="Outbid beyond the limit: rest at the limit, or stop.")] = "rest",
    dry_run: DryRun = False,
    seed: Seed = None,
    json_: AsJson = False,
) -> int:
    """Keep an order at the top of the book, never beyond the limit, until a total is done."""
    from cockpit.core import commands as cmd
    from cockpit.link.client import new_id
    from cockpit.ordering import sending

    typed, settings = Typed(), settings_of(cockpit_seed=seed)
    if market is None and not settings.token_id:
        raise UsageError("--market is needed, or an asset id in TOKEN_ID")
    named = _or_setting(market, settings.token_id, "TOKEN_ID")
    typed.note("market", *named)
    way = _side(typed, side if side is not None else settings.side)
    shares = typed.shares("total", *_or_setting(total, f"{settings.total_shares:f}", "TOTAL_SHARES"))
    price = typed.price("limit", *_or_setting(limit, f"{settings.limit_price:f}", "LIMIT_PRICE"))
    shown = typed.shares("show", *_or_setting(show, f"{settings.shares_per_order:f}", "SHARES_PER_ORDER"))
    life_ms, stops = typed.span_ms("life", life), typed.choice("beyond", beyond, ("rest", "stop")) == "stop"
    make = sending.one_leg(
        typed,
        leg,
        lambda market_id, its_leg: cmd.Bid(new_id(), market_id, its_leg, way, shares, price, shown, life_ms, stops),
    )
    return sending.carry_out(typed, folder_of(settings), named[0], make, is_dry=dry_run, is_json=json_)


def enter(
    *,
    market: Market,
    kind: Annotated[str, Parameter(help="maker-maker, maker-taker or taker-taker.")] = "maker-maker",
    yes: Annotated[str | None, Parameter(help="Limit of the first outcome; the best that qualifies otherwise.")] = None,
    no: Annotated[str | None, Parameter(help="Limit of the second outcome; the best that qualifies otherwise.")] = None,
    first: Annotated[str | None, Parameter(help="With maker-taker: the outcome that rests.")] = None,
    budget: Annotated[str | None, Parameter(help="USD for both legs with fees; MAX_POSITION_COST otherwise.")] = None,
    size: Annotated[str | None, Parameter(help="Shares of each leg, instead of a budget.")] = None,
    life: Life = "10m",
    confirm: Annotated[bool, Parameter(help="Do not ask: what one leg alone means is known.", negative="")] = False,
    dry_run: DryRun = False,
    seed: Seed = None,
    json_: AsJson = False,
) -> int:
    """Buy both legs of a pair, so that it locks the minimum spread when both fill."""
    from cockpit.core import commands as cmd
    from cockpit.core.entry import EntryKind
    from cockpit.core.market import Leg
    from cockpit.link.client import new_id
    from cockpit.ordering import sending
    from cockpit.ordering.resolve import leg_of

    typed, settings = Typed(), settings_of(cockpit_seed=seed)
    what = EntryKind(typed.choice("kind", kind, KINDS))
    prices = (typed.price("yes", yes) if yes is not None else 0, typed.price("no", no) if no is not None else 0)
    if budget is not None and size is not None:
        raise UsageError("--budget and --size: give one of them")
    if first is not None and what is not EntryKind.MAKER_TAKER:
        raise UsageError("--first goes with --kind maker-taker")
    shares = typed.shares("size", size) if size is not None else 0
    money = typed.money("budget", budget) if budget is not None else 0
    life_ms = typed.span_ms("life", life)
    typed.note("market", market)
    return sending.enter(
        typed,
        folder_of(settings),
        market,
        lambda pair, _: cmd.Enter(
            new_id(),
            pair.market_id,
            what,
            leg_of(typed, pair, first, None, "first") if first is not None else Leg.YES,
            prices,
            shares,
            money,
            life_ms,
        ),
        is_dry=dry_run,
        is_json=json_,
        is_confirmed=confirm,
    )


def _side(typed: Typed, text: str) -> Side:
    from cockpit.core.market import Side

    return Side[typed.choice("side", text, ("buy", "sell")).upper()]


def _or_setting(text: str | None, value: str, setting: str) -> tuple[str, str]:
    """Return what was typed; else a setting's value, and its name to blame."""
    return (value, setting) if text is None else (text, "")
