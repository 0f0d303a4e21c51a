"""Every setting is documented, and every wrong one is answered with where, which, what and what is allowed."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.core.errors import UsageError
from cockpit.core.units import SHARE, USD
from cockpit.settings import Settings, example
from cockpit.settings_sources import load, load_place, near_misses

SEED_NAMES = [
    "MAX_DELTA_PCT",
    "REBALANCE_THRESHOLD",
    "MIN_REBALANCE_PROFIT",
    "MAX_REBALANCE_WAIT",
    "REBALANCE_CHECK_INTERVAL",
    "PREFER_SELL_OVER_BUY",
    "ALLOW_PARTIAL_REBALANCE",
    "MAX_REBALANCE_TRADES",
    "MAX_POSITION_SIZE",
    "MAX_TOTAL_EXPOSURE",
    "MAX_DAILY_LOSS",
    "MAX_ORDER_SIZE",
    "MIN_ORDER_SIZE",
    "SPLITTING_STRATEGY",
    "TIME_WINDOW_MINUTES",
    "TOTAL_SHARES",
    "SHARES_PER_ORDER",
    "TOKEN_ID",
    "SIDE",
    "LIMIT_PRICE",
    "POLL_INTERVAL",
    "ENABLE_TOP_BIDDER",
    "CHAIN_ID",
    "SIGNATURE_TYPE",
]


@pytest.mark.parametrize("name", SEED_NAMES)
def test_the_original_wishes_settings_exist_under_their_own_names(name: str) -> None:
    assert name.lower() in Settings.model_fields


def test_the_example_file_lists_every_setting_with_its_default_and_is_up_to_date() -> None:
    text = (Path(__file__).parent.parent / ".env.example").read_text()
    assert text == example()
    assert set(re.findall(r"^# ([A-Z_]+)=", text, re.MULTILINE)) == {name.upper() for name in Settings.model_fields}


def test_the_example_file_uncommented_gives_the_defaults(tmp_path: Path) -> None:
    uncommented = re.sub(r"^# ([A-Z_]+=)", r"\1", example(), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(uncommented)
    assert load(env_file=tmp_path / ".env").model_dump() == load(env_file=tmp_path / "none").model_dump()


def test_the_defaults_are_those_of_the_requirements() -> None:
    rules = load().desk_rules()
    assert rules.limits.max_position_size == 5000 * SHARE
    assert rules.limits.max_total_exposure == 10_000 * USD
    assert rules.limits.max_daily_loss == 500 * USD
    assert rules.limits.max_order_size == 100 * SHARE
    assert rules.rebalance.threshold == 8000
    assert rules.rebalance.min_profit == 200
    assert rules.rebalance.max_position_cost == 25 * USD
    assert rules.rebalance.stop_before_end_ms == 60_000
    assert rules.max_delta_pct == 500


def test_command_line_beats_environment_beats_dotenv_beats_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.toml").write_text("max_daily_loss = 1\nmax_order_size = 11\nmin_order_size = 6\ncockpit_slices = 9")
    (tmp_path / ".env").write_text("MAX_DAILY_LOSS=2\nMAX_ORDER_SIZE=12\nMIN_ORDER_SIZE=7")
    monkeypatch.setenv("MAX_DAILY_LOSS", "3")
    monkeypatch.setenv("MAX_ORDER_SIZE", "13")
    found = load(tmp_path / ".env", tmp_path / "c.toml", max_daily_loss=Decimal(4))
    assert [found.max_daily_loss, found.max_order_size, found.min_order_size, found.cockpit_slices] == [4, 13, 7, 9]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MAX_DAILY_LOSS", "abc", "valid decimal"),
        ("MAX_DAILY_LOSS", "0", "greater than 0"),
        ("MAX_TOTAL_EXPOSURE", "-1", "greater than 0"),
        ("MAX_ORDER_SIZE", "100001", "less than or equal to 100000"),
        ("MAX_POSITION_COST", "10000001", "less than or equal to 10000000"),
        ("COCKPIT_MAX_EVENT_EXPOSURE", "lots", "valid decimal"),
        ("COCKPIT_PRICE_COLLAR", "0.6", "less than or equal to 0.5"),
        ("COCKPIT_PRICE_COLLAR", "0.00001", "4 decimal"),
        ("COCKPIT_MAX_ORDER_SHARE", "1.01", "less than or equal to 1"),
        ("COCKPIT_DAY_ZONE", "Mars/Base", "like UTC or Europe/Berlin"),
        ("COCKPIT_DAY_ZONE", "../../etc/passwd", "like UTC or Europe/Berlin"),
        ("COCKPIT_DAY_ZONE", "Europe", "like UTC or Europe/Berlin"),
        ("COCKPIT_RECONCILE_INTERVAL", "0.1", "greater than or equal to 1"),
        ("COCKPIT_DURABILITY", "hope", "'power' or 'process'"),
        ("TIME_WINDOW_MINUTES", "0.00001", "greater than or equal to 0.01"),
        ("POLYMARKET_HOST", "ftp://x", "begins with http"),
        ("MAX_DAILY_LOSS", "nan", "finite"),
        ("MAX_TOTAL_EXPOSURE", "inf", "finite"),
        ("MAX_DELTA_PCT", "1.5", "less than or equal to 1"),
        ("REBALANCE_THRESHOLD", "0.80001", "4 decimal"),
        ("LIMIT_PRICE", "1", "less than 1"),
        ("PREFER_SELL_OVER_BUY", "perhaps", "boolean"),
        ("SIDE", "HOLD", "'BUY' or 'SELL'"),
        ("COCKPIT_PAIR_MODE", "fast", "'suggest', 'auto' or 'off'"),
        ("COCKPIT_SEED", "-4", "greater than or equal to 0"),
        ("SPLITTING_STRATEGY", "POV", "'TWAP'"),
        ("COCKPIT_THEME", "../../etc", "the name of a theme"),
    ],
)
def test_a_wrong_value_names_source_key_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        load()
    sentence = str(caught.value)
    assert sentence.startswith("environment: ")
    assert name in sentence
    assert repr(value) in sentence or str(value) in sentence
    assert words in sentence
    assert caught.value.exit_code == 2


LIMITS = [
    "MAX_POSITION_COST",
    "MAX_POSITION_SIZE",
    "MAX_TOTAL_EXPOSURE",
    "MAX_DAILY_LOSS",
    "MAX_ORDER_SIZE",
    "COCKPIT_MAX_UNHEDGED_SHARES",
    "COCKPIT_MAX_EVENT_EXPOSURE",
    "COCKPIT_PRICE_COLLAR",
    "COCKPIT_MAX_ORDER_SHARE",
]


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "-inf", "1e300", "", " ", "99999999999"])
def test_no_limit_can_be_none_nothing_endless_or_absurd(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"environment: {name} is "):
        load()


def test_the_desk_works_by_the_limits_that_were_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_MAX_EVENT_EXPOSURE", "1234.5")
    monkeypatch.setenv("COCKPIT_PRICE_COLLAR", "0.05")
    monkeypatch.setenv("COCKPIT_MAX_ORDER_SHARE", "0.1")
    monkeypatch.setenv("COCKPIT_DAY_ZONE", "America/New_York")
    monkeypatch.setenv("COCKPIT_RECONCILE_INTERVAL", "30")
    rules = load().desk_rules()
    assert rules.limits.max_event_exposure == 1234_500_000
    assert (rules.limits.price_collar, rules.limits.max_order_share) == (500, 1000)
    assert (rules.day_zone, rules.reconcile_interval_s) == ("America/New_York", 30.0)


def test_a_wrong_value_in_a_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MAX_ORDER_SIZE=lots")
    with pytest.raises(UsageError, match=r"\.env: MAX_ORDER_SIZE is 'lots'"):
        load(env_file=tmp_path / ".env")
    (tmp_path / "c.toml").write_text("max_order_size = 'lots'")
    with pytest.raises(UsageError, match=r"c\.toml: MAX_ORDER_SIZE is 'lots'"):
        load(env_file=tmp_path / "none", toml_file=tmp_path / "c.toml")


def test_an_unknown_key_in_a_file_is_refused_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MAX_DAILY_LOS=5")
    with pytest.raises(UsageError, match="unknown setting MAX_DAILY_LOS; did you mean MAX_DAILY_LOSS"):
        load(env_file=tmp_path / ".env")
    (tmp_path / "c.toml").write_text("max_dayly_loss = 5")
    with pytest.raises(UsageError, match="unknown setting max_dayly_loss; did you mean MAX_DAILY_LOSS"):
        load(env_file=tmp_path / "none", toml_file=tmp_path / "c.toml")


@pytest.mark.parametrize("line", ["just a line", "MAX_ORDER_SIZE 5", "MAX_ORDER_SIZE", "=5"])
def test_a_line_of_a_dotenv_file_that_is_no_assignment_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"# fine\nMAX_DAILY_LOSS=5\n{line}\n")
    with pytest.raises(UsageError, match=r"\.env: line 3 is not NAME=value"):
        load(env_file=tmp_path / ".env")


def test_a_folder_in_the_place_of_a_settings_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(env_file=tmp_path)


def test_json_that_is_broken_in_the_environment_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_KEYMAP", '{"approve":')
    with pytest.raises(UsageError, match="COCKPIT_KEYMAP is not valid JSON"):
        load()


def test_broken_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("max_daily_loss = = 5")
    with pytest.raises(UsageError, match=r"c\.toml: not valid TOML"):
        load(env_file=tmp_path / "none", toml_file=tmp_path / "c.toml")


def test_a_minimum_above_the_maximum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIN_ORDER_SIZE", "200")
    with pytest.raises(UsageError, match="MIN_ORDER_SIZE 200 must not be above MAX_ORDER_SIZE 100"):
        load()


def test_near_misses_in_the_environment_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_DAILY_LOOS", "5")
    monkeypatch.setenv("COCKPIT_SEEED", "5")
    warnings = " ".join(near_misses())
    assert "MAX_DAILY_LOOS in the environment is not a setting; did you mean MAX_DAILY_LOSS" in warnings
    assert "COCKPIT_SEEED in the environment is not a setting" in warnings


@pytest.mark.parametrize("written", ["['json://one', 'json://two']", "'json://one json://two'"])
def test_addresses_for_alerts_may_be_a_list_and_are_never_shown(tmp_path: Path, written: str) -> None:
    (tmp_path / "c.toml").write_text(f"cockpit_alert_urls = {written}")
    found = load(env_file=tmp_path / "none", toml_file=tmp_path / "c.toml")
    assert found.cockpit_alert_urls.get_secret_value() == "json://one json://two"
    assert "json" not in repr(found)
    (tmp_path / "c.toml").write_text("cockpit_alert_urls = {a = 'json://secret'}")
    with pytest.raises(UsageError, match=r"COCKPIT_ALERT_URLS is \(hidden\)"):
        load(env_file=tmp_path / "none", toml_file=tmp_path / "c.toml")


def test_a_secret_never_appears_in_a_sentence_or_a_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "0x" + "ab12" * 16
    monkeypatch.setenv("POLYMARKET_PRIVATE_KEY", secret)
    monkeypatch.setenv("MAX_DAILY_LOSS", "x")
    with pytest.raises(UsageError) as caught:
        load()
    assert secret not in str(caught.value)
    monkeypatch.delenv("MAX_DAILY_LOSS")
    assert secret not in repr(load())


def test_what_an_emergency_needs_is_found_although_other_settings_are_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("COCKPIT_SEED=7\nMAX_ORDER_SIZE=lots\n")
    monkeypatch.setenv("COCKPIT_STATE_DIR", str(tmp_path / "state"))
    found, problem = load_place(None)
    assert (found.cockpit_seed, found.state_dir) == (7, tmp_path / "state")
    assert "MAX_ORDER_SIZE" in problem
    assert load_place(8)[0].cockpit_seed == 8
    (tmp_path / ".env").unlink()
    assert load_place(None)[1] == ""
