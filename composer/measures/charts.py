"""Small charts as SVG, enough for a report and without a drawing library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#2f6690", "#d1495b", "#81a88d", "#b08d57")
_WIDTH = 720
_LEFT, _RIGHT, _TOP, _BOTTOM = 210, 56, 44, 34
_BAR, _GAP = 13, 9
_PLOT_HEIGHT = 260
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a bar chart: a value a label, None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a line chart: points in order of x."""

    name: str
    points: Sequence[tuple[float, float]]


def bar_chart(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Horizontal bars from 0, a group a label, as the text of an SVG file."""
    group = len(series) * _BAR + _GAP
    height = _TOP + group * len(labels) + _BOTTOM
    known = [value for one in series for value in one.values if value is not None]
    scale = (_WIDTH - _LEFT - _RIGHT) / max([*known, 1e-9])
    body = [_title(title), *_legend([one.name for one in series])]
    for row, label in enumerate(labels):
        top = _TOP + row * group
        body.append(_text(_LEFT - 8, top + group / 2, label, "end"))
        for place, one in enumerate(series):
            value = one.values[row]
            if value is None:
                continue
            y = top + place * _BAR
            width = max(0.0, value) * scale
            body.append(
                f'<rect x="{_LEFT}" y="{y:.1f}" width="{width:.1f}" height="{_BAR - 2}" '
                f'fill="{COLOURS[place % len(COLOURS)]}"/>'
            )
            body.append(_text(_LEFT + width + 4, y + _BAR - 3, _number(value), "start"))
    return _svg(height, body)


def line_chart(title: str, x_name: str, lines: Sequence[Line]) -> str:
    """Lines over a common x axis, as the text of an SVG file."""
    points = [point for line in lines for point in line.points]
    x_low, x_high = _span([x for x, _ in points])
    y_low, y_high = _span([y for _, y in points])
    left, right = 64, _WIDTH - 40

    def place(x: float, y: float) -> tuple[float, float]:
        across = left + (x - x_low) / (x_high - x_low) * (right - left)
        return across, _TOP + (y_high - y) / (y_high - y_low) * _PLOT_HEIGHT

    body = [_title(title), *_legend([line.name for line in lines])]
    for tick in range(_TICKS):
        share = tick / (_TICKS - 1)
        x, y = x_low + share * (x_high - x_low), y_low + share * (y_high - y_low)
        across, down = place(x, y)
        bottom = _TOP + _PLOT_HEIGHT
        body.append(f'<path d="M{left} {down:.1f}H{right}" stroke="#ddd"/>')
        body.append(_text(left - 6, down + 4, _number(y), "end"))
        body.append(_text(across, bottom + 16, _number(x), "middle"))
    body.append(_text(right, _TOP + _PLOT_HEIGHT + 30, x_name, "end"))
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        placed = [place(*point) for point in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
    return _svg(_TOP + _PLOT_HEIGHT + 40, body)


def _svg(height: float, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" '
        f'width="{_WIDTH}" height="{height:.0f}" font-family="sans-serif" font-size="11">\n'
        f'<rect width="{_WIDTH}" height="{height:.0f}" fill="white"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _title(title: str) -> str:
    return f'<text x="12" y="18" font-size="14" font-weight="bold">{escape(title)}</text>'


def _legend(names: Sequence[str]) -> list[str]:
    if len(names) < 2:
        return []
    found, x = [], 12.0
    for number, name in enumerate(names):
        colour = COLOURS[number % len(COLOURS)]
        found.append(f'<rect x="{x:.0f}" y="26" width="10" height="10" fill="{colour}"/>')
        found.append(_text(x + 14, 35, name, "start"))
        x += 32 + 6.5 * len(name)
    return found


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _number(value: float) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:.3g}M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:.3g}k"
    return f"{value:.3g}"


def _span(values: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest value, never the same."""
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)
