"""Reads options: texts become the core's integers, and whatever is wrong is said behind the option it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cockpit.core.errors import UsageError
from cockpit.core.units import LOT, UnitError, parse_duration, parse_money, parse_price, parse_shares, shares_text

MOST = 1_000_000_000 * 1_000_000
"""A billion shares or USD: more is a slip of the keyboard, and would not fit everywhere."""


class Typed:
    """What was typed, option by option, so that a refusal can name the one it is about."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def note(self, option: str, text: str, setting: str = "") -> None:
        """Remember what an option is, and which setting it comes from when it was not typed."""
        shown = text if text.isascii() and text.isprintable() and text and " " not in text else repr(text)
        self._names[option] = f"{setting or option_name(option)} {shown[:60]}"

    def flag(self, option: str) -> None:
        """Remember that an option without a value was typed."""
        self._names[option] = option_name(option)

    def about(self, option: str, sentence: str) -> str:
        """Return `--limit 0.555: sentence`; the sentence alone when the option was not given."""
        name = self._names.get(option)
        return f"{name}: {sentence}" if name else sentence

    def wrong(self, option: str, sentence: str) -> UsageError:
        """Return the error that an option is wrong."""
        return UsageError(self.about(option, sentence))

    def shares(self, option: str, text: str, setting: str = "", *, may_be_zero: bool = False) -> int:
        """Return shares in 1/1,000,000, whole hundredths of a share. Raises: UsageError."""
        size = self._number(option, text, setting, parse_shares, "shares", may_be_zero)
        if size % LOT:
            raise self.wrong(option, f"give shares in hundredths, like {shares_text(LOT)}")
        return size

    def money(self, option: str, text: str) -> int:
        """Return money in 1/1,000,000 USD. Raises: UsageError."""
        return self._number(option, text, "", parse_money, "USD", False)

    def price(self, option: str, text: str, setting: str = "") -> int:
        """Return a price in 1/10,000 USD. Raises: UsageError."""
        return self._number(option, text, setting, parse_price, "a price", False)

    def span_ms(self, option: str, text: str, setting: str = "") -> int:
        """Return milliseconds of `90s`, `10m`, `1h30m`; a bare number is minutes. Raises: UsageError."""
        return self._number(option, text, setting, parse_duration, "a time", False)

    def choice(self, option: str, text: str, choices: Sequence[str]) -> str:
        """Return which of these was typed, in whatever case. Raises: UsageError."""
        self.note(option, text)
        if text.lower() not in choices:
            raise self.wrong(option, f"give {', '.join(choices[:-1])} or {choices[-1]}")
        return text.lower()

    def _number(
        self, option: str, text: str, setting: str, parse: Callable[[str], int], what: str, may_be_zero: bool
    ) -> int:
        self.note(option, text, setting)
        try:
            value = parse(text)
        except UnitError as error:
            raise self.wrong(option, str(error)) from None
        if value > MOST:
            raise self.wrong(option, f"give {what} of at most a billion")
        if value == 0 and not may_be_zero:
            raise self.wrong(option, f"give {what} above 0")
        return value


def option_name(option: str) -> str:
    """Return how an option is typed: `--limit`; a name in capitals is an argument without one."""
    return option if option.isupper() else f"--{option}"
