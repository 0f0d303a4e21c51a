"""Every setting with its meaning, default and bounds; the desk's rules made from them.

Names are those of the original wishes; ours begin with COCKPIT_. Where values come from is in `settings_sources`.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_state_path
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cockpit.core.entry import EntryRules
from cockpit.core.limits import Limits
from cockpit.core.parent import Algorithm
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.units import floor_lot
from cockpit.desk.rules import DeskRules
from cockpit.settings_types import (
    MOST_ORDER_SHARES,
    Addresses,
    FaultRates,
    Fraction,
    Number,
    Price,
    Seconds,
    Shares,
    Usd,
    Zone,
)


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(extra="forbid", case_sensitive=False, env_file=None, validate_default=True)

    # Delta
    max_delta_pct: Fraction = Field(Decimal("0.05"), description="Largest net delta, as a share of total exposure.")

    # Rebalancing
    rebalance_threshold: Fraction = Field(
        Decimal("0.80"), description="Hedge ratio (smaller leg / larger leg) from which a pair counts as balanced."
    )
    min_rebalance_profit: Fraction = Field(
        Decimal("0.02"), description="Least gain in USD per traded share, after fees."
    )
    max_rebalance_wait: Annotated[int, Field(ge=0, le=86_400)] = Field(
        60, description="No rebalancing in the last seconds before a scheduled end."
    )
    rebalance_check_interval: Seconds = Field(
        Decimal(5), description="Seconds between looks at every pair, besides every price change."
    )
    prefer_sell_over_buy: bool = Field(
        True, description="Sell the excess when a sale qualifies; else the highest gain."
    )
    allow_partial_rebalance: bool = Field(True, description="Take a part when the whole imbalance cannot be closed.")
    max_rebalance_trades: Annotated[int, Field(ge=0, le=1000)] = Field(
        5, description="Rebalances with a fill per pair, when the cockpit rebalances by itself."
    )
    max_rebalance_slippage: Fraction = Field(
        Decimal("0.01"), description="How far behind the price that was seen the limit may lie."
    )
    max_unhedged_seconds: Seconds = Field(
        Decimal(20), description="Seconds after which an imbalance may be closed at a loss, if one is allowed."
    )
    max_rebalance_loss: Fraction = Field(
        Decimal(0), description="Most USD a share may lose when an imbalance is closed that late; 0 for never."
    )
    max_position_cost: Usd = Field(Decimal(25), description="USD one pair may cost; caps what a rebalance buys.")

    # Risk limits
    max_position_size: Annotated[Shares, Field(gt=0)] = Field(
        Decimal(5000), description="Shares of one leg of one market."
    )
    max_total_exposure: Usd = Field(Decimal(10000), description="USD in all positions and orders.")
    max_daily_loss: Usd = Field(Decimal(500), description="USD lost since the day began that halt the desk.")
    max_order_size: Annotated[Shares, Field(gt=0, le=MOST_ORDER_SHARES)] = Field(
        Decimal(100), description="Shares in one order at the venue."
    )

    # Order splitting
    splitting_strategy: Literal["TWAP", "VWAP", "ICEBERG", "RANDOM"] = Field(
        "TWAP",
        description="How a split or an approved rebalance is cut; a rebalance never rests, so ICEBERG cuts it as TWAP.",
    )
    time_window_minutes: Annotated[Number, Field(ge=Decimal("0.01"), le=1440)] = Field(
        Decimal("0.25"), description="Minutes an approved rebalance is spread over."
    )
    cockpit_split_minutes: Annotated[Number, Field(ge=Decimal("0.05"), le=10080)] = Field(
        Decimal(60), description="Minutes a split is spread over, unless it says otherwise."
    )
    cockpit_at_end: Literal["cross", "leave", "cancel"] = Field(
        "cross", description="What becomes of the rest of a split when its time is over: cross, leave or cancel."
    )
    min_order_size: Shares = Field(
        Decimal(5), description="Smallest child order in shares; a market's own minimum holds where it is larger."
    )

    # The top bidder. What `cockpit bid` works unless it is told otherwise.
    token_id: str = Field("", pattern=r"^\d{0,80}$", description="Asset id that cockpit bid works.")
    side: Literal["BUY", "SELL"] = Field("BUY", description="Side that cockpit bid works.")
    limit_price: Price = Field(Decimal("0.55"), description="Price that cockpit bid never goes beyond.")
    total_shares: Shares = Field(Decimal(1000), description="Shares that cockpit bid works in all.")
    shares_per_order: Shares = Field(Decimal(100), description="Shares that cockpit bid shows at a time.")
    poll_interval: Annotated[Number, Field(ge=2, le=5)] = Field(
        Decimal(3), description="Seconds between the top bidder's looks, besides every change of the best price."
    )
    enable_top_bidder: bool = Field(
        True, description="Whether children of splits rest at the top of the book, or take what it offers."
    )
    cockpit_top_threshold: Shares = Field(
        Decimal(10), description="Fewer shares of others than this at the top are not outbid."
    )
    cockpit_top_pause: Annotated[Number, Field(ge=Decimal("0.1"), le=60)] = Field(
        Decimal(1), description="Least seconds between two moves of an order at the top of the book."
    )

    # Entries
    cockpit_min_spread: Fraction = Field(
        Decimal("0.02"), description="Least USD that a pair must lock after fees, for an entry."
    )
    max_unproven_shares: Shares = Field(
        Decimal(50), description="Shares of fills not confirmed yet on which an entry's other leg is completed."
    )
    cockpit_scanner: bool = Field(True, description="Whether markets are looked at for entries.")

    # The venue. Checked now, used once live trading exists.
    polymarket_host: str = Field(
        "https://clob.polymarket.com", pattern=r"^https?://[^\s]+$", description="Address of the venue."
    )
    chain_id: Annotated[int, Field(ge=137, le=137)] = Field(137, description="Chain the venue settles on.")
    signature_type: Annotated[int, Field(ge=0, le=3)] = Field(
        0, description="Wallet kind: 0 own key, 1 proxy, 2 safe, 3 deposit wallet."
    )
    polymarket_private_key: SecretStr = Field(SecretStr(""), description="Wallet key. Never logged, stored or shown.")

    # Logging
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What goes to the log file.")
    log_file: str = Field("", description="Log file, JSON lines; empty means cockpit.log in the state folder.")

    # The cockpit itself
    cockpit_mode: Literal["practice"] = Field("practice", description="The market to trade: practice.")
    cockpit_state_dir: str = Field("", description="Where journals are kept; empty means the user's state folder.")
    cockpit_seed: Annotated[int, Field(ge=0, le=2**53)] | None = Field(
        None, description="Seed of the practice market; empty means a random one, kept for later starts."
    )
    cockpit_speed: Annotated[Number, Field(gt=0, le=100)] = Field(
        Decimal(1), description="How fast the practice market's time runs."
    )
    cockpit_pair_mode: Literal["suggest", "auto", "off"] = Field(
        "suggest", description="suggest: a person confirms; auto: the cockpit confirms; off: no suggestions."
    )
    cockpit_merge: Literal["suggest", "auto", "off"] = Field(
        "suggest", description="Pairs that can be merged into cash. suggest: a person confirms; auto: at once; off."
    )
    cockpit_redeem: Literal["suggest", "auto", "off"] = Field(
        "auto", description="What resolved markets owe. suggest: a person confirms; auto: redeemed at once; off."
    )
    cockpit_min_merge: Annotated[Usd, Field(ge=Decimal("0.01"))] = Field(
        Decimal(5), description="USD that merging a pair must free before it is suggested or done."
    )
    cockpit_slices: Annotated[int, Field(ge=1, le=1000)] = Field(4, description="Slices of an approved rebalance.")
    cockpit_max_unhedged_shares: Annotated[Shares, Field(gt=0)] = Field(
        Decimal(2000), description="Largest sum of all pairs' imbalances, in shares."
    )
    cockpit_max_event_exposure: Usd = Field(
        Decimal(5000), description="USD in all positions and orders of the markets of one event."
    )
    cockpit_price_collar: Annotated[Fraction, Field(gt=0, le=Decimal("0.5"))] = Field(
        Decimal("0.10"), description="How far beyond the middle of the book a price may lie, in USD."
    )
    cockpit_max_order_share: Annotated[Fraction, Field(gt=0)] = Field(
        Decimal("0.25"), description="Share of the equity that one order may cost or bring."
    )
    cockpit_day_zone: Zone = Field(
        "UTC", description="Time zone in which a trading day begins at midnight, like Europe/Berlin."
    )
    cockpit_reconcile_interval: Annotated[Number, Field(ge=1, le=3600)] = Field(
        Decimal(60), description="Seconds between full comparisons with the venue."
    )
    cockpit_durability: Literal["power", "process"] = Field(
        "power", description="What the journal outlives: power, a lost power supply; process, a killed process."
    )
    cockpit_alert_urls: Addresses = Field(
        SecretStr(""), description="Apprise addresses that alerts go to, separated by spaces. Never logged or shown."
    )
    cockpit_faults: FaultRates = Field(
        "", description="Faults of the practice market, to see what happens: post.lost=0.05,ws.dup=0.1"
    )
    cockpit_max_book_age: Seconds = Field(
        Decimal(5), description="Seconds after which a book is stale: no orders on it."
    )
    cockpit_theme: str = Field("harbour", pattern=r"^[a-z0-9-]{1,40}$", description="Colours: a file name in themes/.")
    cockpit_themes: str = Field("", description="A folder with theme files of your own.")
    cockpit_mouse: bool = Field(True, description="Whether the mouse works; off lets the terminal select text.")
    cockpit_rate: Annotated[int, Field(ge=1, le=30)] = Field(
        10, description="Screen updates a second; 4 on slow links."
    )
    cockpit_keymap: dict[str, str] = Field(
        default_factory=dict, description='Other keys for actions, as JSON: {"approve": "A"}.'
    )

    @model_validator(mode="after")
    def _sizes_fit(self) -> Settings:
        if self.min_order_size > self.max_order_size:
            raise ValueError(
                f"MIN_ORDER_SIZE {self.min_order_size} must not be above MAX_ORDER_SIZE {self.max_order_size}"
            )
        return self

    @property
    def state_dir(self) -> Path:
        """The folder journals are kept in."""
        return Path(self.cockpit_state_dir).expanduser() if self.cockpit_state_dir else user_state_path("cockpit")

    def desk_rules(self) -> DeskRules:
        """Return what the desk works by, as integers."""
        return DeskRules(
            limits=Limits(
                max_position_size=_millionths(self.max_position_size),
                max_total_exposure=_millionths(self.max_total_exposure),
                max_event_exposure=_millionths(self.cockpit_max_event_exposure),
                max_daily_loss=_millionths(self.max_daily_loss),
                max_order_size=_millionths(self.max_order_size),
                max_order_share=_ten_thousandths(self.cockpit_max_order_share),
                price_collar=_ten_thousandths(self.cockpit_price_collar),
                max_unhedged=_millionths(self.cockpit_max_unhedged_shares),
                max_book_age_ms=int(self.cockpit_max_book_age * 1000),
                closing_ms=self.max_rebalance_wait * 1000,
            ),
            rebalance=RebalanceRules(
                threshold=_ten_thousandths(self.rebalance_threshold),
                min_profit=_ten_thousandths(self.min_rebalance_profit),
                prefer_sell=self.prefer_sell_over_buy,
                allow_partial=self.allow_partial_rebalance,
                max_position_cost=_millionths(self.max_position_cost),
                max_slippage=_ten_thousandths(self.max_rebalance_slippage),
                stop_before_end_ms=self.max_rebalance_wait * 1000,
                max_unhedged_ms=int(self.max_unhedged_seconds * 1000),
                max_loss=_ten_thousandths(self.max_rebalance_loss),
            ),
            entry=EntryRules(
                min_spread=_ten_thousandths(self.cockpit_min_spread),
                budget=_millionths(self.max_position_cost),
                max_unproven=_millionths(self.max_unproven_shares),
            ),
            scans=self.cockpit_scanner,
            algorithm=Algorithm(self.splitting_strategy),
            top_threshold=_millionths(self.cockpit_top_threshold),
            top_pause_ms=int(self.cockpit_top_pause * 1000),
            poll_interval_s=float(self.poll_interval),
            pair_mode=self.cockpit_pair_mode,
            merges=self.cockpit_merge,
            redeems=self.cockpit_redeem,
            min_merge=_millionths(self.cockpit_min_merge),
            max_delta_pct=_ten_thousandths(self.max_delta_pct),
            check_interval_s=float(self.rebalance_check_interval),
            max_rebalance_trades=self.max_rebalance_trades,
            min_child=floor_lot(_millionths(self.min_order_size)),
            slice_window_ms=int(self.time_window_minutes * 60_000),
            slice_count=self.cockpit_slices,
            reconcile_interval_s=float(self.cockpit_reconcile_interval),
            day_zone=self.cockpit_day_zone,
        )


def _millionths(value: Decimal) -> int:
    return int(value * 1_000_000)


def _ten_thousandths(value: Decimal) -> int:
    return int(value * 10_000)


def example() -> str:
    """Return the text of `.env.example`: every setting with its description and default, commented out."""
    lines = [
        "# Every setting of the cockpit with its default. Copy this file to `.env` and change what you need.",
        "# The same names work in the environment (which wins) and in cockpit.toml (which loses).",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, SecretStr) or default in (None, {}):
            default = ""
        elif isinstance(default, bool):
            default = str(default).lower()
        lines += ["", f"# {field.description}", f"# {name.upper()}={default}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(example())
