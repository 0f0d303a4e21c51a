"""`CockpitApp`: looks at the link ten times a second, shows the newest frame, fails with one sentence."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Literal, Protocol, cast, runtime_checkable

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from cockpit.core.frame import Frame
from cockpit.link.base import Link
from cockpit.ui import themes, words
from cockpit.ui.actions import BY_ID, checked_keymap
from cockpit.ui.hands import Hands
from cockpit.ui.layout import WIDE
from cockpit.ui.main import MainScreen
from cockpit.ui.presses import press

log = logging.getLogger("cockpit.ui")
log.addHandler(logging.NullHandler())

SILENT_S = 3.0
TWICE_S = 2.0
ALARM_S = 3600.0


@runtime_checkable
class Shows(Protocol):
    """A screen that wants newer frames."""

    def show(self, frame: Frame) -> None:
        """Show a frame."""
        ...


class CockpitApp(App[int], inherit_bindings=False):
    """The terminal cockpit. It holds no trading state: closing it changes nothing at the desk but by its commands."""

    CSS_PATH = "cockpit.tcss"
    TITLE = "cockpit"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    NOTIFICATION_TIMEOUT = 6
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (150, "-vast")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(BY_ID["quit-now"].keys, "interrupt", BY_ID["quit-now"].words, show=False, priority=True, system=True),
    ]

    def __init__(
        self,
        link: Link,
        *,
        theme: str = themes.DEFAULT,
        rate: float = 10,
        mouse: bool = True,
        keymap: Mapping[str, str] | None = None,
        themes_dir: Path | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.link = link
        self.silent_s = 0
        self._monotonic = monotonic
        self._rate = rate
        self._has_mouse = mouse
        self._folder = themes_dir or themes.package_folder()
        good, self._problems = checked_keymap(keymap or {})
        self.hands = Hands(link, self, monotonic, good)
        self.cockpit_screen = MainScreen(self.hands)
        self._seq = -1
        self._news_at = monotonic()
        self._gone: str | None = None
        self._notice = 0
        self._interrupted_at: float | None = None
        self._ours: list[str] = []
        self._read_themes()
        self._first_theme(theme)
        self.set_keymap(good)

    def get_default_screen(self) -> Screen[None]:
        """Start with the cockpit."""
        return self.cockpit_screen

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give every variable of ours a value, whatever theme is on."""
        return themes.defaults()

    def on_mount(self) -> None:
        """Start looking."""
        for problem in self._problems:
            self.say(problem, heading="settings", severity="warning")
        self._problems.clear()
        self.set_interval(1 / self._rate, self.look)
        self.call_after_refresh(self.look)

    async def on_event(self, event: events.Event) -> None:
        """Let keys act in their order; see `presses`."""
        is_new_key = isinstance(event, events.Key) and not event.is_forwarded
        if not (is_new_key and await press(self, cast(events.Key, event))):
            await super().on_event(event)

    def look(self) -> None:
        """Show the newest frame if there is a new one; else only count the silence."""
        if self._exit or not self.cockpit_screen.is_mounted:
            return
        frame = self.link.frame
        now = self._monotonic()
        silent, closed = self.silent_s, self.link.closed
        if frame is not None and frame.seq != self._seq:
            self._seq, self._news_at, self.silent_s = frame.seq, now, 0
            self._show(frame)
        else:
            quiet = now - self._news_at
            self.silent_s = int(quiet) if quiet > SILENT_S and closed is None else 0
        if silent != self.silent_s or closed != self._gone:
            self._gone = closed
            self.cockpit_screen.again()
            if frame is not None:
                self._show_above(frame)

    def _show(self, frame: Frame) -> None:
        before = self.cockpit_screen.newest
        if before is not None and before.header.halted and not frame.header.halted:
            self.clear_notifications()  # whoever typed the word has read the alarms
        self.cockpit_screen.show(frame)
        self._show_above(frame)
        self._alarms(frame)
        self.hands.read_receipts(frame)

    def _show_above(self, frame: Frame) -> None:
        for screen in self.screen_stack[1:]:
            if isinstance(screen, Shows) and screen.is_mounted:
                screen.show(frame)

    def _alarms(self, frame: Frame) -> None:
        fresh = [notice for notice in frame.notices if notice.id > self._notice]
        if not fresh:
            return
        self._notice = fresh[-1].id
        alarms = [notice for notice in fresh if notice.level == "alarm"]
        if alarms:
            self.clear_notifications()  # one alarm is over the table, the newest; the journal has all of them
            self.say(alarms[-1].text, heading="ALARM", severity="error")
            self.bell()

    # What screens may ask.

    def say(self, text: str, *, heading: str = "", severity: str = "information") -> None:
        """Show a message; outside text is never read as markup."""
        level = cast('Literal["information", "warning", "error"]', severity)
        timeout = ALARM_S if severity == "error" else None
        self.notify(words.clean(text), title=heading, severity=level, timeout=timeout, markup=False)

    def leave(self) -> None:
        """Stop the desk and end; a desk that failed gives a return code that is not zero."""
        failed = bool(self.link.closed)
        if self.link.closed is None:
            self.link.stop()
        self.exit(1 if failed else 0, return_code=1 if failed else 0)

    def theme_names(self) -> list[str]:
        """Return the names of our themes."""
        return list(self._ours)

    def use_theme(self, name: str) -> None:
        """Switch to a theme."""
        self.theme = name

    def next_theme(self) -> None:
        """Read the theme files again and use the next one."""
        before = list(self._ours)
        self._read_themes()
        for problem in self._problems:
            self.say(problem, heading="theme left out", severity="warning")
        self._problems.clear()
        names = self._ours or before
        if names:
            index = names.index(self.theme) if self.theme in names else -1
            self.theme = names[(index + 1) % len(names)]
            self.say(f"theme {self.theme}")

    def toggle_mouse(self) -> None:
        """Take the mouse, or give it back to the terminal so that it can select text."""
        driver = self._driver
        switch = getattr(driver, "_disable_mouse_support" if self._has_mouse else "_enable_mouse_support", None)
        if switch is None:
            self.say("this terminal's mouse cannot be switched", severity="warning")
            return
        driver.__dict__["_mouse"] = True
        switch()
        self._has_mouse = not self._has_mouse
        driver.__dict__["_mouse"] = self._has_mouse
        self.say("mouse on" if self._has_mouse else "mouse off: the terminal can select text")

    # Keys that work everywhere.

    def action_halt(self) -> None:
        """Halt at once."""
        self.hands.halt()

    def action_interrupt(self) -> None:
        """Leave when pressed twice."""
        now = self._monotonic()
        if self._interrupted_at is not None and now - self._interrupted_at <= TWICE_S:
            self.leave()
        else:
            self._interrupted_at = now
            self.say("ctrl+c again stops the desk and leaves", severity="warning")

    def action_picture(self) -> None:
        """Save the screen as an SVG."""
        frame = self.link.frame
        stamp = f"{datetime.fromtimestamp((frame.at_ms if frame else 0) / 1000, UTC):%Y%m%d-%H%M%S}"
        path = Path(f"cockpit-{stamp}.svg")
        try:
            path.write_text(words.without_web_fonts(self.export_screenshot()), encoding="utf-8")
        except OSError as error:
            self.say(f"the picture could not be saved: {error.strerror or error}", severity="warning")
        else:
            self.say(f"saved {path.resolve()}")

    # Themes and failures.

    def _read_themes(self) -> None:
        found, problems = themes.read_folder(self._folder)
        self._problems += problems
        for theme in found:
            self.register_theme(theme)
        self._ours = [theme.name for theme in found]

    def _first_theme(self, wanted: str) -> None:
        if wanted in self._ours:
            self.theme = wanted
            return
        self._problems.append(f"there is no theme {words.clean(wanted)!r} in {self._folder}")
        if themes.DEFAULT in self._ours:
            self.theme = themes.DEFAULT

    def _handle_exception(self, error: Exception) -> None:
        """End with one sentence: a traceback on a trader's terminal helps nobody and may print what it should not."""
        log.error("screen failed", exc_info=error)
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        reason = words.cut(f"{type(error).__name__}: {error}", 200)
        self.panic(Text(f"cockpit: the screen failed: {reason}"))
