"""The gauge: its scale, the bar and the mark of the soft limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.drift import Drift, Drifts
from cockpit.core.units import SHARE
from cockpit.ui import words
from cockpit.ui.panes import delta
from cockpit.ui.rows import plain
from tests import frames as f
from tests.ui import trouble as t


def test_the_gauge_reaches_from_zero_toward_the_imbalance() -> None:
    text = plain(delta.rows(f.MAIN, 116, 2))
    assert "! over the soft limit" in text
    assert "net   -160 !  proven -160" in text
    assert "unhedged 440  proven 440  worst case 440" in text
    assert "#|#######0" in text
    assert "most eth-5k-2026 -300" in text
    other = plain(delta.rows(f.ODD, 116, 2))
    assert "!! at the hard limit" in other
    assert "0#######|####" in other
    assert "proven +400" in other
    assert "within limits" in plain(delta.rows(replace(f.MAIN, delta=replace(f.DELTA, is_breached=False)), 78, 1))


@pytest.mark.parametrize(("height", "width"), [(1, 78), (2, 116)])
def test_claimed_and_proven_both_are_always_there_and_the_worst_case(height: int, width: int) -> None:
    for frame, proven, unhedged, worst in ((f.MAIN, "-160", "440", "440"), (t.UNPROVEN, "-190", "410", "508")):
        text = plain(delta.rows(frame, width, height))
        assert f"proven {proven}  " in text
        assert "unhedged 440" in text
        assert f"proven {unhedged}  worst" in text
        assert f" {worst}" in text.split("worst")[1]
    at_80 = delta.rows(t.UNPROVEN, 78, 1)
    assert at_80.note == "! over the soft limit  unhedged 440 of 500  proven 410  worst 508"


def test_the_drift_is_a_sign_and_where_there_is_room_a_word() -> None:
    for drift, sign in delta.SIGNS.items():
        frame = replace(f.MAIN, delta=replace(f.DELTA, drifts=Drifts(drift, Drift.STEADY)))
        assert f"-160 ! {sign} {drift}  proven" in plain(delta.rows(frame, 116, 2))
        assert f"-160 ! {sign}  proven" in plain(delta.rows(frame, 78, 1))
        other = replace(f.MAIN, delta=replace(f.DELTA, drifts=Drifts(Drift.STEADY, drift)))
        assert f"unhedged 440 {sign} {drift}  proven" in plain(delta.rows(other, 116, 2))
        assert f"of 500 {sign}  proven" in plain(delta.rows(other, 78, 1))


def test_before_there_is_a_drift_nothing_is_said_of_it() -> None:
    assert "net   -160 !  proven -160" in plain(delta.rows(f.MAIN, 116, 2))
    assert "unhedged 440  proven 440  worst case 440" in plain(delta.rows(f.MAIN, 116, 2))
    assert "unhedged 440 of 500  proven 440" in plain(delta.rows(f.MAIN, 78, 1))


@pytest.mark.parametrize("width", [40, 62, 63, 78, 116])
@pytest.mark.parametrize("net", [-900, -500, -1, 0, 1, 160, 500])
def test_the_gauge_keeps_its_width_and_its_middle(width: int, net: int) -> None:
    row = replace(f.DELTA, net=net * SHARE)
    runs = delta.gauge(row, width)
    text = "".join(part for part, _ in runs)
    assert width - 1 <= len(text) <= width
    ends = words.short_shares(delta.scale_of(row), 7)
    assert text.startswith(f"[-{ends} ")
    inner = text[len(f"[-{ends} ") : -len(f" +{ends}]")]
    assert len(inner) % 2 == 1
    assert inner.count("|") == 2
    assert inner[len(inner) // 2] == "0"
    assert ("#" in inner) == (net != 0)


@pytest.mark.parametrize(
    ("net", "soft", "hard", "scale"),
    [
        (40, 4.56, 500, 100),
        (0, 4.56, 500, 10),
        (160, 150, 500, 500),
        (1, 0.1, 500, 2),
        (0, 0, 0, 1),
        (900, 5, 500, 500),
    ],
)
def test_the_scale_of_the_gauge_leaves_room(net: int, soft: float, hard: int, scale: int) -> None:
    row = replace(f.DELTA, net=net * SHARE, soft_limit=round(soft * SHARE), hard_limit=hard * SHARE)
    assert delta.scale_of(row) == scale * SHARE


@pytest.mark.parametrize("width", [40, 75])
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_bar_passes_the_mark_only_over_the_soft_limit(width: int, sign: int) -> None:
    for soft in (5, 40, 400):
        for net in range(1, 500, 7):
            row = replace(f.DELTA, net=sign * net * SHARE, soft_limit=soft * SHARE)
            text = "".join(part for part, _ in delta.gauge(row, width))
            low, high = text.split(" ")[1].split("0")
            beyond = (low.split("|")[0] if sign < 0 else high.split("|")[-1]).count("#")
            assert (beyond > 0) == (net > soft), f"{net} {soft} {text}"
