"""Draws the forecast of estates: in total, and in each subnet. Only `capacity_chart` asks for it.

matplotlib is an extra, and slow to import: what is needed of it is imported where a figure is made.

Sizes are inches. Colours are tints of those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which
colour-blind people can tell apart; hatches, line styles and labels beside what they name say the same
without colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Literal, Union

from sagemaker_netlint.capacity.amounts import Amount
from sagemaker_netlint.capacity.analysis import Analysis, SubnetUse
from sagemaker_netlint.capacity.model import Group
from sagemaker_netlint.report import chart_words
from sagemaker_netlint.report.chart_labels import (
    calendar,
    elided,
    is_bounded,
    month_named,
    month_ticks,
    spread,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 11.0
MOST_SUBNETS = 16
_LEFT, _PLOT, _RIGHT = 0.95, 6.75, 0.3
_HEAD, _MAIN, _FOOT = 1.42, 3.3, 0.75
_SECTION, _SMALL_HEAD, _SMALL, _SMALL_FOOT, _GAP, _MOST_COLUMNS = 0.5, 0.52, 1.0, 0.38, 0.42, 4
_BELOW = 0.25

_TITLE, _TEXT, _SMALL_TEXT = 13.0, 9.0, 7.5
_LINE_HEIGHT = 0.17
_POINTS = 72
_LABEL_WIDTH, _SENTENCE_WIDTH, _SMALL_WIDTH, _NOTE_WIDTH = 35, 138, 30, 80
_TITLE_WIDTH = 86
_INK, _GREY, _LINE = "#1a1a1a", "#5a5a5a", "#333333"
_FILLS = {
    Group.DOMAIN: ("#c4c4c4", "////"),
    Group.USERS: ("#b3d9f2", ""),
    Group.JOBS: ("#f2cd80", "...."),
    Group.HOSTING: ("#8fd3bd", "\\\\\\\\"),
    Group.NOTEBOOKS: ("#e3bdd3", "xxxx"),
    Group.CLUSTERS: ("#eba57c", "||||"),
    Group.OTHERS: ("#f6efa0", "----"),
}
_MAYBE = ("#ffffff", "+++")
_EDGE, _FAINT = "#8a8a8a", "#b8b8b8"
# of the height of the plot: what stays free above, and what each note on a month takes
_CLEAR, _NOTE = 0.06, 0.075
# of the size of the font: the width of a character of a sentence, on average
_CHARACTER = 0.62
# a figure that is this much larger than the others would press them flat
_OUT_OF_SCALE = 3
_SHARED_SCALE = 4

FirstMonth = tuple[int, int]

STYLE: dict[str, Any] = {
    "font.size": _TEXT,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.5,
    "text.color": _INK,
    "text.parse_math": False,  # a `$` in a name is a `$`
    "xtick.color": _GREY,
    "ytick.color": _GREY,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
}
"""Settings of matplotlib while it draws."""


def draw(analyses: Sequence[Analysis], first_month: FirstMonth | None, note: str = "") -> Figure:
    """Return a figure with the estates below one another, and a note at its end."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    heights = [_height(analysis) for analysis in analyses]
    foot = 0.5 if note else 0.0
    figure = Figure(figsize=(WIDTH, sum(heights) + foot or 1.0))
    top = 0.0
    for analysis, height in zip(analyses, heights, strict=True):
        _Page(figure, top).draw(analysis, first_month)
        top += height
    if note:
        _Page(figure, top).text(0.15, note, size=_TEXT, color=_GREY)
    return figure


def _rows(analysis: Analysis) -> int:
    shown = min(len(analysis.subnets), MOST_SUBNETS)
    return ceil(shown / _MOST_COLUMNS) if shown > 1 else 0


def _height(analysis: Analysis) -> float:
    rows = _rows(analysis)
    small = _SECTION + rows * (_SMALL_HEAD + _SMALL + _SMALL_FOOT) if rows else 0.0
    rest = _LINE_HEIGHT * 1.5 if len(analysis.subnets) > MOST_SUBNETS else 0.0
    return _HEAD + _MAIN + _FOOT + small + rest + _BELOW


Dashes = Union[str, tuple[int, tuple[int, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    """A text at the right of the plot, at the height of what it names, with a sample of its area or line."""

    at: float
    text: str
    fill: tuple[str, str] | None = None
    line: _LineStyle | None = None


@dataclass(frozen=True, slots=True)
class _LineStyle:
    width: float
    dashes: Dashes = "-"
    weight: Literal["normal", "bold"] = "normal"


@dataclass(frozen=True, slots=True)
class _Note:
    """A month that is marked in the plot."""

    month: int
    text: str
    marker: str
    weight: Literal["normal", "bold"] = "normal"


_USABLE = _LineStyle(2.2, weight="bold")
_USABLE_HERE = _LineStyle(1.8)
_LOST = _LineStyle(1.6, (0, (5, 3)))


@dataclass(slots=True)
class _Page:
    """A part of the figure, which starts at `top` and is filled downwards."""

    figure: Figure
    top: float

    def text(self, below: float, text: str, *, size: float, **style: object) -> None:
        """Write a text whose upper edge lies that far below the top."""
        height = float(self.figure.get_figheight())
        y = 1 - (self.top + below) / height
        self.figure.text(_LEFT / WIDTH, y, text, size=size, va="top", linespacing=1.35, **style)  # type: ignore[arg-type]

    def axes(self, left: float, below: float, width: float, height: float) -> Axes:
        """Add a plot whose upper edge lies that far below the top."""
        total = float(self.figure.get_figheight())
        bottom = 1 - (self.top + below + height) / total
        return self.figure.add_axes((left / WIDTH, bottom, width / WIDTH, height / total))

    def draw(self, analysis: Analysis, first_month: FirstMonth | None) -> None:
        """Draw an estate."""
        self.text(0.22, elided(chart_words.title(analysis), _TITLE_WIDTH), size=_TITLE, weight="bold")
        self.text(0.54, elided(chart_words.subtitle(analysis), _SENTENCE_WIDTH), size=_TEXT, color=_GREY)
        sentence = chart_words.sentence(analysis, first_month)
        self.text(0.76, wrapped(sentence, _SENTENCE_WIDTH, 3), size=_TEXT + 0.5)
        _Total(self.axes(_LEFT, _HEAD, _PLOT, _MAIN), analysis, first_month).draw()
        if _rows(analysis):
            self._subnets(analysis, first_month)

    def _subnets(self, analysis: Analysis, first_month: FirstMonth | None) -> None:
        shown, rest = tightest(analysis)
        tops = [_small_top(subnet) for subnet in shown]
        shared = max(tops) <= _SHARED_SCALE * min(tops)
        start = _HEAD + _MAIN + _FOOT
        heading = "In each subnet, with an even share of what may lie in one or another"
        self.text(start + 0.08, heading, size=_TEXT + 1, weight="bold")
        scales = "" if shared else "; the scales differ"
        perhaps = "" if all(s.shares[-1].balanced.exact for s in shown) else ", squares: perhaps, too"
        legend = f"area: needed (hatched: lies there in any case{perhaps}); thick line: usable{scales}"
        self.text(start + 0.28, legend, size=_TEXT - 0.5, color=_GREY)
        columns = min(len(shown), _MOST_COLUMNS)
        width = (WIDTH - _LEFT - _RIGHT - (columns - 1) * _GAP) / columns
        for index, (subnet, top) in enumerate(zip(shown, tops, strict=True)):
            row, column = divmod(index, columns)
            below = start + _SECTION + row * (_SMALL_HEAD + _SMALL + _SMALL_FOOT) + _SMALL_HEAD
            axes = self.axes(_LEFT + column * (width + _GAP), below, width, _SMALL)
            _draw_subnet(axes, subnet, max(tops) if shared else top, first_month)
        if rest:
            below = start + _SECTION + _rows(analysis) * (_SMALL_HEAD + _SMALL + _SMALL_FOOT)
            self.text(below + 0.05, rest, size=_TEXT, color=_GREY)


def tightest(analysis: Analysis) -> tuple[list[SubnetUse], str]:
    """Return the subnets that are shown, the others summed up."""
    subnets = list(analysis.subnets)
    if len(subnets) <= MOST_SUBNETS:
        return subnets, ""
    # sorting is stable: of equally free ones, those that are declared first are shown
    keys = {s.place.key for s in sorted(subnets, key=lambda s: s.free(-1).low)[:MOST_SUBNETS]}
    others = [subnet for subnet in subnets if subnet.place.key not in keys]
    needed = sum((s.shares[-1].balanced for s in others), Amount(0, 0))
    usable = sum((s.capacity for s in others), Amount(0, 0))
    text = f"{len(others):,} more subnets have as much room or more: in all, {needed} of {usable} are needed"
    return [subnet for subnet in subnets if subnet.place.key in keys], text


# -- in total --------------------------------------------------------------------------------------


class _Total:
    """The demand of an estate as areas, and its limits as lines."""

    def __init__(self, axes: Axes, analysis: Analysis, first_month: FirstMonth | None) -> None:
        self.axes, self.analysis, self.first_month = axes, analysis, first_month
        self.months = _months(analysis.horizon_months)
        self.limit = self._limit()
        self.notes = list(self._notes())
        self.top = self._top()
        self.labels: list[_Label] = []

    def draw(self) -> None:
        """Draw areas, lines, notes, and the labels beside them."""
        _prepare(self.axes, self.months, self.top)
        self.axes.set_ylabel("IPv4 addresses")
        _month_axis(self.axes, self.analysis.horizon_months, self.first_month)
        self._areas()
        self._capacity()
        self._loss()
        for index, note in enumerate(self.notes):
            self._mark(note, self.top * (1 - _NOTE * (index + 0.5)))
        self._place_labels()

    def _limit(self) -> list[Amount]:
        """Return the limit that the loss of a zone sets, none where nothing is left or asked for."""
        loss = self.analysis.loss
        if loss is None or not loss.capacity.high or not loss.needed[-1].high:
            return []
        return self._over(chart_words.loss_limit(self.analysis))

    def _over(self, series: Sequence[Amount]) -> list[Amount]:
        """Return a series for the months that are drawn: a single month is drawn as a strip."""
        return [series[min(month, len(series) - 1)] for month in self.months]

    def _top(self) -> float:
        analysis = self.analysis
        sure = [analysis.needed[-1].low, analysis.capacity.low, *(limit.low for limit in self.limit[-1:]), 1]
        used = 1 - _CLEAR - _NOTE * len(self.notes)
        return _scale(sure, [analysis.needed[-1].high, analysis.capacity.high]) / used

    def _areas(self) -> None:
        base = [0] * len(self.months)
        for group in Group:
            causes = [cause for cause in self.analysis.causes if cause.group is group]
            parts = [sum(self._over(cause.needed)[i].low for cause in causes) for i in range(len(base))]
            upper = [low + part for low, part in zip(base, parts, strict=True)]
            if parts[-1]:
                _fill(self.axes, self.months, base, upper, _FILLS[group])
                now = f" ({parts[0]:,} now)" if parts[0] != parts[-1] else ""
                text = f"{group.value}: {parts[-1]:,}{now}"
                self.labels.append(_Label(at=(base[-1] + upper[-1]) / 2, text=text, fill=_FILLS[group]))
            base = upper
        needed = self._over(self.analysis.needed)
        high = [min(amount.high, self.top * 2) for amount in needed]
        if high[-1] > base[-1]:
            _fill(self.axes, self.months, base, high, _MAYBE)
            more = needed[-1].high
            text = f"perhaps up to {more:,}" if is_bounded(more) else "perhaps more: no upper bound is known"
            middle = min((base[-1] + high[-1]) / 2, self.top)
            self.labels.append(_Label(at=middle, text=text, fill=_MAYBE))
        self.axes.plot(self.months, base, color=_LINE, linewidth=1.0)

    def _capacity(self) -> None:
        capacity = self.analysis.capacity
        _limit_line(self.axes, self.months, [capacity] * len(self.months), _USABLE)
        text = chart_words.usable_named(self.analysis)
        self.labels.append(_Label(at=capacity.low, text=text, line=_USABLE))

    def _loss(self) -> None:
        if not self.limit:
            return
        _limit_line(self.axes, self.months, self.limit, _LOST)
        text = chart_words.limit_named(self.analysis)
        self.labels.append(_Label(at=self.limit[-1].low, text=text, line=_LOST))

    def _notes(self) -> Iterator[_Note]:
        """Yield the months that are marked: when it is full, and from when on no zone may be lost."""
        month = self.analysis.full
        if month is not None and month <= self.analysis.horizon_months:
            text = "short now" if month == 0 else f"full in {month_named(self.first_month, month)}"
            yield _Note(month, text, "o", "bold")
        month, loss = chart_words.loss_month(self.analysis), self.analysis.loss
        if month is not None and loss is not None and self.limit:
            when = "now" if month == 0 else f"from {month_named(self.first_month, month)} on"
            yield _Note(month, f"loss of {chart_words.lost_zone(loss.zone)} not survived {when}", "D")

    def _mark(self, note: _Note, height: float) -> None:
        """Mark a month on the line of demand, with a text at a height."""
        axes, month = self.axes, note.month
        axes.plot([month] * 2, [0, height], color=_INK, linewidth=0.9, linestyle=":")
        axes.plot(
            [month],
            [self.analysis.needed[month].low],
            marker=note.marker,
            markersize=7,
            color=_INK,
            markerfacecolor="white",
            zorder=5,
            clip_on=False,
        )
        text = elided(note.text, _NOTE_WIDTH)
        # beside the line, or over it where the text would leave the plot
        width = len(text) * _CHARACTER * _TEXT / _POINTS / _PLOT
        start = min(month / self.months[-1] + 0.012, max(1 - width, 0.012))
        axes.text(
            start,
            height,
            text,
            transform=axes.get_yaxis_transform(),
            va="center",
            weight=note.weight,
            zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )

    def _place_labels(self) -> None:
        labels = sorted(self.labels, key=lambda label: label.at)
        texts = [wrapped(label.text, _LABEL_WIDTH, 3) for label in labels]
        unit = self.top / _MAIN
        heights = [((text.count("\n") + 1) * _LINE_HEIGHT + 0.04) * unit for text in texts]
        places = spread([label.at for label in labels], heights, 0, self.top)
        for label, text, place in zip(labels, texts, places, strict=True):
            self._label(label, text, place)

    def _label(self, label: _Label, text: str, place: float) -> None:
        """Write a label with its sample, and lead from it to what it names."""
        beside, line = self.axes.get_yaxis_transform(), label.line
        self.axes.plot(
            [1.005, 1.03], [label.at, place], color=_GREY, linewidth=0.7, transform=beside, clip_on=False
        )
        if line is not None:
            self.axes.plot(
                [1.035, 1.075],
                [place] * 2,
                color=_INK,
                linewidth=line.width,
                linestyle=line.dashes,
                transform=beside,
                clip_on=False,
            )
        if label.fill is not None:
            half = 0.055 * self.top / _MAIN
            low, high = [place - half] * 2, [place + half] * 2
            _fill(self.axes, [1.035, 1.075], low, high, label.fill, transform=beside, clip_on=False)
        weight = line.weight if line else "normal"
        self.axes.text(1.087, place, text, transform=beside, va="center", weight=weight, linespacing=1.25)


# -- in one subnet ---------------------------------------------------------------------------------


def _small_top(subnet: SubnetUse) -> float:
    balanced, capacity = subnet.shares[-1].balanced, subnet.capacity
    return _scale([balanced.low, capacity.low, 1], [balanced.high, capacity.high]) * 1.1


def _draw_subnet(axes: Axes, subnet: SubnetUse, top: float, first_month: FirstMonth | None) -> None:
    horizon = len(subnet.shares) - 1
    months = _months(horizon)
    shares = [subnet.shares[min(month, horizon)] for month in months]
    _prepare(axes, months, top)
    fixed = [share.fixed.low for share in shares]
    low = [share.balanced.low for share in shares]
    high = [min(share.balanced.high, top * 2) for share in shares]
    nothing = [0] * len(months)
    _fill(axes, months, nothing, fixed, _FILLS[Group.DOMAIN])
    _fill(axes, months, fixed, low, _FILLS[Group.USERS])
    if high[-1] > low[-1]:
        _fill(axes, months, low, high, _MAYBE)
    axes.plot(months, low, color=_LINE, linewidth=0.9)
    _limit_line(axes, months, [subnet.capacity] * len(months), _USABLE_HERE)
    if subnet.full is not None and subnet.full <= horizon:
        axes.plot([subnet.full] * 2, [0, top], color=_INK, linewidth=0.9, linestyle=":")
    axes.tick_params(labelsize=_SMALL_TEXT, length=2.5)
    axes.locator_params(axis="y", nbins=3, integer=True)
    axes.set_xticks([0, horizon] if horizon else [])
    axes.set_xticklabels(["now", f"month {horizon}"] if horizon else [])
    sides: tuple[Literal["left", "right"], ...] = ("left", "right")
    for label, side in zip(axes.get_xticklabels(), sides, strict=False):
        label.set_horizontalalignment(side)
    _subnet_title(axes, subnet, first_month)


def _subnet_title(axes: Axes, subnet: SubnetUse, first_month: FirstMonth | None) -> None:
    place = " · ".join(filter(None, chart_words.block_and_zone(subnet))) or "block and zone not known"
    full = subnet.full
    when = ""
    if full == 0:
        when = ", full now"
    elif full is not None and full < len(subnet.shares):
        when = f", full in {calendar(first_month, full) or f'month {full}'}"
    lines = (
        (elided(subnet.place.name, _SMALL_WIDTH), "bold"),
        (elided(place, _SMALL_WIDTH + 4), "normal"),
        (elided(f"{chart_words.share_named(subnet)}{when}", _SMALL_WIDTH + 4), "normal"),
    )
    for index, (text, weight) in enumerate(lines):
        axes.annotate(
            text,
            (0, 1),
            xytext=(0, 5 + (2 - index) * 10.5),
            xycoords="axes fraction",
            textcoords="offset points",
            size=_SMALL_TEXT,
            weight=weight,
            annotation_clip=False,
        )


# -- parts -----------------------------------------------------------------------------------------


def _months(horizon: int) -> list[int]:
    return list(range(max(horizon, 1) + 1))


def _scale(sure: Sequence[int], perhaps: Sequence[int]) -> float:
    """Return the largest figure that the scale must show: what is sure, and what isn't far beyond."""
    most = max(sure)
    return max([most, *(count for count in perhaps if count <= _OUT_OF_SCALE * most)])


def _prepare(axes: Axes, months: Sequence[int], top: float) -> None:
    axes.set_xlim(0, months[-1])
    axes.set_ylim(0, top)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="y", nbins=6, integer=True)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)


def _month_axis(axes: Axes, horizon: int, first_month: FirstMonth | None) -> None:
    if not horizon:
        axes.set_xticks([])
        axes.set_xlabel("now" if first_month is None else f"now ({calendar(first_month, 0)})")
        return
    ticks = month_ticks(horizon)
    axes.set_xticks(ticks)
    dates = [calendar(first_month, month) for month in ticks]
    axes.set_xticklabels(
        [f"{month}\n{date}" if date else f"{month}" for month, date in zip(ticks, dates, strict=True)]
    )
    axes.set_xlabel("months from now" + (", and calendar month" if first_month else ""))


def _fill(
    axes: Axes,
    xs: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    fill: tuple[str, str],
    **where: Any,
) -> None:
    colour, hatch = fill
    edge = _FAINT if fill is _MAYBE else _EDGE
    axes.fill_between(
        xs, low, high, facecolor=colour, hatch=hatch or None, edgecolor=edge, linewidth=0.5, **where
    )


def _limit_line(axes: Axes, months: Sequence[int], limit: Sequence[Amount], style: _LineStyle) -> None:
    """Draw a limit; of a range, its lower end, with points upwards, and its upper end thin."""
    low = [amount.low for amount in limit]
    axes.plot(months, low, color=_INK, linewidth=style.width, linestyle=style.dashes)
    if limit[-1].exact:
        return
    every = max(len(months) // 12, 1)
    axes.plot(months, low, color=_INK, linestyle="none", marker="^", markersize=4.5, markevery=every)
    high = [amount.high for amount in limit]
    axes.plot(months, high, color=_INK, linewidth=style.width / 2, linestyle=style.dashes)
