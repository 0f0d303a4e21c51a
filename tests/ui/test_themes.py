"""Theme files: ours are complete and readable, a wrong one is named with its key."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color

from cockpit.ui import themes
from tests.ui.stage import Stage, play

FOLDER = Path(__file__).parents[2] / "themes"


def test_our_themes_are_read_and_the_default_comes_first() -> None:
    found, problems = themes.read_folder(FOLDER)
    assert problems == []
    assert [theme.name for theme in found] == ["harbour", "classic", "daylight", "mono"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_text_can_be_read_on_its_ground(path: Path) -> None:
    theme = themes.read(path)
    assert theme.background is not None
    ground = Color.parse(theme.background)
    for name in ("bid", "ask", "yes", "no", "gain", "loss", "alarm", "dim", "own"):
        colour = Color.parse(theme.variables[name])
        light, dark = sorted((_luminance(colour), _luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def _luminance(colour: Color) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 3", "name must be a text"),
        ('name = "x"\ndark = 1', "dark must be true or false"),
        ('name = "x"', "palette.primary is missing"),
        ('name = "x"\n[palette]\nprimary = "#12"', "palette.primary = '#12' is not a colour"),
        ('name = "x"\n[palette]\nprimary = "#123456"\n[market]\nbidd = "red"', "market.bidd is not a key of a theme"),
        (
            'name = "x"\n[palette]\nprimary = "#123456"\n[style]\nbid = "blink"',
            "style.bid = 'blink' is not a text style",
        ),
        ('name = "x"\npalette = 3', "palette must be a table"),
        ("name = ", "Invalid value"),
        ("[markets]", "markets is not a key of a theme"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(themes.ThemeError) as caught:
        themes.read(path)
    assert str(caught.value).startswith("mine.toml: ")
    assert said in str(caught.value)


def test_what_a_theme_leaves_out_comes_from_its_palette(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "x"\n[palette]\nprimary = "#123456"\n', encoding="utf-8")
    theme = themes.read(path)
    assert theme.variables["bid"] == "#123456"
    assert set(themes.FALLBACKS) <= set(themes.defaults())


def test_a_bad_file_is_one_message_and_the_default_stays(tmp_path: Path) -> None:
    (tmp_path / "harbour.toml").write_bytes((FOLDER / "harbour.toml").read_bytes())
    (tmp_path / "bad.toml").write_text('name = "bad"\n[palette]\nprimary = "nope"', encoding="utf-8")

    async def script(stage: Stage) -> None:
        assert stage.app.theme == "harbour"
        assert stage.toasts() == ["settings: bad.toml: palette.primary = 'nope' is not a colour"]

    play(script, themes_dir=tmp_path)


def test_without_any_theme_file_the_screen_still_works(tmp_path: Path) -> None:
    async def script(stage: Stage) -> None:
        assert "positions" in stage.text()
        await stage.press("t")

    play(script, themes_dir=tmp_path)


def test_t_reads_the_files_again_and_switches_live(tmp_path: Path) -> None:
    for name in ("harbour", "classic"):
        (tmp_path / f"{name}.toml").write_bytes((FOLDER / f"{name}.toml").read_bytes())

    async def script(stage: Stage) -> None:
        pane = stage.app.cockpit_screen.pane("book")
        before = pane.style_of("bid").color
        (tmp_path / "mono.toml").write_bytes((FOLDER / "mono.toml").read_bytes())
        await stage.press("t")
        assert stage.app.theme == "classic"
        assert pane.style_of("bid").color != before
        await stage.press("t")
        assert stage.app.theme == "mono"
        await stage.press("t")
        assert stage.app.theme == "harbour"
        assert pane.style_of("bid").color == before

    play(script, themes_dir=tmp_path)
