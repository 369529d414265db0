"""A picture of a network as SVG: nested boxes above, lanes of ways below. Nothing is fetched from anywhere.

Colour never stands alone: a blocked way is thick and ends at a cross with a number, an unknown one is dashed,
so that the picture can be read in greyscale.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from sagemaker_netlint.explanation import Answer
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.network_picture import (
    Chip,
    Lane,
    LaneRow,
    Panel,
    SubnetBox,
    TableBox,
    VpcBox,
    ZoneColumn,
)

_FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_EM = 0.58  # the mean width of a character of these fonts, in ems, on the safe side
_PAD = 12
_LEAST_WIDTH = 1180
_ZONE = 250
_EDGE = 215
_CHIP = 20
_LINE = 14
_MARK = 8
_MOST_LINES = 7

_TERRAFORM = re.compile(r"\baws(?:cc)?_\w+\.([^.\s]+)$")

_INK = "#1f2933"
_FAINT = "#52606d"
_RED = "#b42318"
_AMBER = "#8a5a00"
_GREEN = "#1b6e3c"
_GREY = "#7b8794"
_STYLE = {
    Answer.REACHABLE: (_GREEN, 1.6, ""),
    Answer.BLOCKED: (_RED, 3.0, ""),
    Answer.UNKNOWN: (_AMBER, 1.8, "6 4"),
    Answer.NONE: (_GREY, 1.2, "1 4"),
}
_WORDS = {
    Answer.REACHABLE: "reachable",
    Answer.BLOCKED: "blocked",
    Answer.UNKNOWN: "unknown",
    Answer.NONE: "no way, and none needed",
}
_CHIPS = {
    "workload": ("#1f3a5f", "#1f3a5f", "#ffffff"),
    "endpoint": ("#ffffff", "#6b4fa0", _INK),
    "gateway-endpoint": ("#ffffff", "#6b4fa0", _INK),
    "nat": ("#fff4e0", "#8a5a00", _INK),
    "file-system": ("#e6f4ea", "#1b6e3c", _INK),
    "gateway": ("#ffffff", _FAINT, _INK),
    "internet": ("#ffffff", _FAINT, _INK),
}
_SUBNETS = {
    "public": ("#fff4e0", "#c77d00"),
    "private": ("#eef4fb", "#4a78a8"),
    "not known": ("#f5f5f5", _GREY),
}


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a text is."""
    return len(text) * size * (_EM + 0.06 * bold)


def shortened(text: str, width: float, size: float) -> str:
    """Cut a text to a width, in its middle: addresses differ at their ends."""
    most = max(int(width / (size * _EM)), 3)
    if len(text) <= most:
        return text
    name = _TERRAFORM.search(text)
    if name and len(name[1]) < most:
        return f"…{name[1]}"
    tail = (most - 1) * 2 // 3
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"


def wrapped(text: str, width: float, size: float, most: int = 3) -> list[str]:
    """Break a text into lines of a width; what doesn't fit into the last one is cut."""
    lines: list[str] = []
    rest = text.split()
    while rest and len(lines) < most:
        line = rest.pop(0)
        while rest and width_of(f"{line} {rest[0]}", size) <= width:
            line += f" {rest.pop(0)}"
        if rest and len(lines) == most - 1:
            line = f"{line} {' '.join(rest)}"
            rest = []
        lines.append(shortened(line, width, size))
    return lines


@dataclass(slots=True)
class Canvas:
    """Collects elements; everything that comes from an input goes through `text` or `title`."""

    parts: list[str] = field(default_factory=list)

    def box(  # noqa: PLR0913 - place, size and looks of a rectangle
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        stroke: str = _INK,
        line: float = 1,
        dash: str = "",
        round_: float = 4,
    ) -> None:
        """Draw a rectangle."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_:g}" '
            f'fill="{fill}" stroke="{stroke}" stroke-width="{line:g}"{dashed}/>'
        )

    def text(  # noqa: PLR0913 - place and looks of a text
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 11,
        fill: str = _INK,
        bold: bool = False,
        middle: bool = False,
    ) -> None:
        """Write a text; `y` is its base line."""
        weight = ' font-weight="bold"' if bold else ""
        anchor = ' text-anchor="middle"' if middle else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}"{weight}{anchor}>'
            f"{escape(clean(text))}</text>"
        )

    def line(  # noqa: PLR0913 - from, to and looks of a line
        self, x: float, y: float, to_x: float, to_y: float, answer: Answer, *, arrow: bool = False
    ) -> None:
        """Draw a line in the style of an answer."""
        colour, thick, dash = _STYLE[answer]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}" '
            f'stroke-width="{thick:g}"{dashed}/>'
        )
        if arrow:
            self.parts.append(
                f'<path d="M {to_x:.1f} {to_y:.1f} l -8 -4 l 0 8 z" fill="{colour}" stroke="none"/>'
            )

    def cross(self, x: float, y: float) -> None:
        """Draw the cross at which a blocked way ends."""
        self.parts.append(
            f'<path d="M {x - 6:.1f} {y - 6:.1f} l 12 12 m 0 -12 l -12 12" stroke="{_RED}" '
            'stroke-width="3.5" fill="none"/>'
        )

    def mark(self, x: float, y: float, number: int) -> None:
        """Draw the number of a blocked way."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_MARK}" fill="{_RED}" stroke="#ffffff"/>')
        self.text(x, y + 3.5, str(number), size=10, fill="#ffffff", bold=True, middle=True)

    def marks(self, right: float, y: float, numbers: Sequence[int]) -> None:
        """Draw numbers from the right to the left."""
        for index, number in enumerate(reversed(numbers)):
            self.mark(right - _MARK - index * (2 * _MARK + 1), y, number)

    def begin(self, title: str) -> None:
        """Begin a group with a tooltip, which is its name for those who can't see it, too."""
        self.parts.append(f"<g><title>{escape(clean(title))}</title>")

    def end(self) -> None:
        """End a group."""
        self.parts.append("</g>")


def svg(panels: Sequence[Panel]) -> str:
    """Return the picture of all panels, one below the other."""
    width = max([_LEAST_WIDTH, *(_width(panel) for panel in panels)])
    canvas = Canvas()
    y: float = 20
    for panel in panels:
        y = _panel(canvas, panel, y, width) + 28
    label = f"Networks and ways: {', '.join(panel.title for panel in panels)}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{y:.0f}" '
        f'viewBox="0 0 {width:g} {y:.0f}" font-family={quoteattr(_FONT)} role="img" '
        f"aria-label={quoteattr(clean(label))}>"
    )
    ground = f'<rect width="{width:g}" height="{y:.0f}" fill="#ffffff"/>'
    return "\n".join([head, ground, *canvas.parts, "</svg>", ""])


def _width(panel: Panel) -> float:
    return max(
        (len(vpc.zones) * (_ZONE + _PAD) + _EDGE + 4 * _PAD for vpc in panel.vpcs), default=_LEAST_WIDTH
    )


def _panel(canvas: Canvas, panel: Panel, y: float, width: float) -> float:
    title = panel.title + (f", when {panel.when}" if panel.when else "")
    canvas.text(_PAD, y, shortened(title, width - 560, 14), size=14, bold=True)
    _legend(canvas, width - _PAD, y)
    y += 16
    for vpc in panel.vpcs:
        y = _vpc(canvas, vpc, y, width) + 16
    y += 8
    for lane in panel.lanes:
        y = _lane(canvas, lane, y, width) + 10
    return y


def _legend(canvas: Canvas, right: float, y: float) -> None:
    x = right - sum(60 + width_of(word, 11) for word in _WORDS.values())
    for answer, word in _WORDS.items():
        canvas.line(x, y - 4, x + 28, y - 4, answer, arrow=answer is Answer.REACHABLE)
        if answer is Answer.BLOCKED:
            canvas.cross(x + 28, y - 4)
        canvas.text(x + 38, y, word, size=11)
        x += 60 + width_of(word, 11)


# -- the network ------------------------------------------------------------------------------------


def _vpc(canvas: Canvas, vpc: VpcBox, y: float, width: float) -> float:
    """Draw a VPC: a head, zones, route tables below them, gateways at the right edge."""
    left, top = float(_PAD), y
    inner = width - _EDGE - 3 * _PAD
    frame = len(canvas.parts)
    canvas.begin(f"VPC {vpc.address} {vpc.cidr}")
    canvas.text(left + _PAD, y + 20, f"VPC  {shortened(vpc.address, 400, 13)}", size=13, bold=True)
    canvas.text(left + _PAD + width_of(f"VPC  {vpc.address}", 13) + 26, y + 20, vpc.cidr, fill=_FAINT)
    canvas.marks(left + inner, y + 16, vpc.marks)
    canvas.end()
    column = (inner - _PAD * (len(vpc.zones) + 1)) / max(len(vpc.zones), 1)
    bottom = y + 30
    heights = _row_heights(vpc.zones, column)
    for index, zone in enumerate(vpc.zones):
        x = left + _PAD + index * (column + _PAD)
        bottom = max(bottom, _zone(canvas, zone, x, y + 30, column, heights))
    bottom = _tables(canvas, vpc.tables, left + _PAD, bottom + 10, inner - 2 * _PAD)
    bottom = max(bottom, _edge(canvas, vpc.gateways, left + inner, y + 36, width))
    shape = Canvas()
    shape.box(left, top, inner, bottom - top + 8, fill="#fbfcfd", stroke=_INK, line=1.6, round_=6)
    canvas.parts[frame:frame] = shape.parts
    return bottom + 8


def _row_heights(zones: Sequence[ZoneColumn], width: float) -> list[float]:
    """Return the height of each row of subnets: the tallest of its boxes, so that rows line up."""
    rows = max((len(zone.subnets) for zone in zones), default=0)
    return [
        max(_subnet_height(zone.subnets[row], width) for zone in zones if row < len(zone.subnets))
        for row in range(rows)
    ]


def _zone(  # noqa: PLR0913, PLR0917 - what, where, how large
    canvas: Canvas, zone: ZoneColumn, x: float, y: float, width: float, heights: Sequence[float]
) -> float:
    height = sum(heights) + 8 * len(heights) + 26
    canvas.box(x, y, width, height, stroke=_GREY, dash="5 3", round_=4)
    label = zone.label if zone.label.startswith("zone") else f"zone {zone.label}"
    canvas.text(x + 8, y + 16, shortened(label, width - 16, 11), fill=_FAINT, bold=True)
    top = y + 24
    for subnet, tall in zip(zone.subnets, heights, strict=False):
        _subnet(canvas, subnet, x + 8, top, width - 16, tall)
        top += tall + 8
    return y + height


def _chip_rows(chips: Sequence[Chip], width: float) -> list[list[tuple[Chip, float]]]:
    """Put chips into rows, each chip with its width."""
    rows: list[list[tuple[Chip, float]]] = [[]]
    used = 0.0
    for chip in chips:
        wide = min(width_of(chip.text, 10) + 14, width)
        if rows[-1] and used + wide > width:
            rows.append([])
            used = 0.0
        rows[-1].append((chip, wide))
        used += wide + 5
    return rows if rows[0] else []


def _subnet_height(subnet: SubnetBox, width: float) -> float:
    return 40 + len(_chip_rows(subnet.chips, width - 32)) * (_CHIP + 4)


def _subnet(  # noqa: PLR0913, PLR0917 - what, where, how large
    canvas: Canvas, subnet: SubnetBox, x: float, y: float, width: float, height: float
) -> None:
    fill, stroke = _SUBNETS[subnet.kind]
    thick = 2.5 if subnet.marks else 1
    canvas.begin(f"{subnet.kind} subnet {subnet.address} {subnet.cidr}, route table: {subnet.table}")
    canvas.box(x, y, width, height, fill=fill, stroke=_RED if subnet.marks else stroke, line=thick)
    canvas.text(x + 8, y + 15, shortened(subnet.address, width - 110, 11), bold=True)
    canvas.text(x + width - 8 - width_of(subnet.cidr, 10), y + 15, subnet.cidr, size=10, fill=_FAINT)
    said = f"{subnet.kind}, {shortened(subnet.table, width - 70, 10)}"
    canvas.text(x + 8, y + 30, said, size=10, fill=_FAINT)
    canvas.end()
    canvas.marks(x + width - 4, y + 28, subnet.marks)
    top = y + 36
    for row in _chip_rows(subnet.chips, width - 16):
        left = x + 8
        for chip, wide in row:
            _chip(canvas, chip, left, top, wide)
            left += wide + 5
        top += _CHIP + 4


def _chip(canvas: Canvas, chip: Chip, x: float, y: float, width: float) -> None:
    fill, stroke, ink = _CHIPS[chip.kind]
    canvas.begin(chip.title)
    shape = 10 if chip.kind == "workload" else 3
    stroke, thick = (_RED, 2.2) if chip.marks else (stroke, 1)
    canvas.box(x, y, width, _CHIP - 2, fill=fill, stroke=stroke, line=thick, round_=shape)
    canvas.text(
        x + width / 2,
        y + 13,
        shortened(chip.text, width - 8, 10),
        size=10,
        fill=ink,
        middle=True,
        bold=chip.kind == "workload",
    )
    canvas.end()


def _tables(canvas: Canvas, tables: Sequence[TableBox], x: float, y: float, width: float) -> float:
    """Draw route tables, and groups that block something, side by side, with what is in them as lines."""
    if not tables:
        return y
    per_row = max(1, min(len(tables), int(width // 250)))
    wide = (width - 8 * (per_row - 1)) / per_row
    for start in range(0, len(tables), per_row):
        row = tables[start : start + per_row]
        tall = max(max(min(len(table.lines), _MOST_LINES), 1) for table in row) * _LINE + 26
        for index, table in enumerate(row):
            _table(canvas, table, x + index * (wide + 8), y, wide, tall)
        y += tall + 8
    return y


def _table(  # noqa: PLR0913, PLR0917 - what, where, how large
    canvas: Canvas, table: TableBox, x: float, y: float, width: float, height: float
) -> None:
    lines = table.lines or (("nothing but the local route", ""),)
    canvas.begin(
        f"{table.kind} {table.address}: {'; '.join(' → '.join(filter(None, each)) for each in lines)}"
    )
    stroke, thick = (_RED, 2.5) if table.marks else (_FAINT, 1)
    canvas.box(x, y, width, height, fill="#ffffff", stroke=stroke, line=thick, round_=2)
    right = x + width - 8 - 17 * len(table.marks) - width_of(table.kind, 10)
    canvas.text(x + 8, y + 15, shortened(table.address, right - x - 24, 12), bold=True)
    canvas.text(right, y + 15, table.kind, size=10, fill=_FAINT)
    if len(lines) > _MOST_LINES:
        lines = (*lines[: _MOST_LINES - 1], (f"and {len(lines) - _MOST_LINES + 1} more", ""))
    split = max((width_of(what, 10) for what, whom in lines if whom), default=0)
    split = min(split, width * 0.45) + 14
    for index, (what, whom) in enumerate(lines):
        top = y + 30 + index * _LINE
        canvas.text(x + 8, top, shortened(what, split if whom else width - 16, 10), size=10)
        if whom:
            other = shortened(whom.replace("`", ""), width - split - 30, 10)
            arrow = "←" if what.startswith("in") and table.kind != "route table" else "→"
            canvas.text(x + 8 + split, top, f"{arrow} {other}", size=10, fill=_FAINT)
    canvas.end()
    canvas.marks(x + width - 4, y + 12, table.marks)


def _edge(canvas: Canvas, gateways: Sequence[Chip], x: float, y: float, width: float) -> float:
    """Draw the gateways on the right edge of the VPC: half inside, half outside."""
    for chip in gateways:
        fill, stroke, ink = _CHIPS[chip.kind]
        wide = width - x - 4 + 10
        canvas.begin(chip.title)
        stroke, thick = (_RED, 2.5) if chip.marks else (stroke, 1.2)
        canvas.box(x - 10, y, wide, 34, fill=fill, stroke=stroke, line=thick, round_=3)
        head, name = _halves(chip)
        canvas.text(x - 2, y + 14, shortened(head, wide - 16, 10), size=10, fill=_FAINT)
        canvas.text(x - 2, y + 28, shortened(name, wide - 30, 11), size=11, fill=ink, bold=True)
        canvas.end()
        canvas.marks(x - 14 + wide, y + 9, chip.marks)
        y += 42
    return y


def _halves(chip: Chip) -> tuple[str, str]:
    """Return what a gateway is, with what lies behind it, and its name."""
    what, _, name = chip.text.rpartition(": " if chip.kind == "gateway-endpoint" else " ")
    behind = chip.title.rpartition(": ")[2]
    if chip.kind == "gateway-endpoint":
        return f"gateway endpoint → {what}", name
    return f"{what} → {'the internet' if chip.kind == 'internet' else behind}", name.strip("`")


# -- the ways ---------------------------------------------------------------------------------------

_OWNER = 230.0
_GAP = 46.0
_CARRIER = 240.0


def _lane(canvas: Canvas, lane: Lane, y: float, width: float) -> float:
    """Draw a workload at the left, and a line for each row of its ways."""
    left = float(_PAD)
    goals = left + _OWNER + 2 * _GAP + _CARRIER
    top = y
    first = len(canvas.parts)
    for row in lane.rows:
        y += _lane_row(canvas, row, left + _OWNER, y, goals, width - _PAD)
    height = max(y - top - 6, 50 + _LINE * len(lane.facts))
    own = Canvas()
    own.begin(f"{lane.type} {lane.address}")
    own.box(left, top, _OWNER, height, fill="#1f3a5f", stroke="#1f3a5f")
    own.box(left + 8, top + 8, width_of(str(lane.number), 10) + 14, _CHIP - 2, fill="#ffffff", round_=10)
    number = left + 8 + (width_of(str(lane.number), 10) + 14) / 2
    own.text(number, top + 21, str(lane.number), size=10, bold=True, middle=True, fill="#1f3a5f")
    name = shortened(lane.address, _OWNER - 62, 12)
    own.text(left + 38, top + 22, name, size=12, fill="#ffffff", bold=True)
    for index, said in enumerate((lane.type, *lane.facts)):
        text = shortened(said, _OWNER - 18, 10)
        own.text(left + 10, top + 40 + index * _LINE, text, size=10, fill="#d6e2f0")
    own.end()
    canvas.parts[first:first] = own.parts
    return top + max(height, y - top)


def _lane_row(  # noqa: PLR0913, PLR0917 - what, where, how wide
    canvas: Canvas, row: LaneRow, x: float, y: float, goals: float, right: float
) -> float:
    """Draw one row and return its height: a line to what carries it, and on to the goals."""
    mid = y + 12
    colour = _STYLE[row.answer][0]
    chips = [Chip("gateway", goal, goal) for goal in row.goals]
    rows = _chip_rows(chips, right - goals)
    notes = _notes(row, right - goals)
    start, end = x + _GAP, x + _GAP + _CARRIER
    canvas.begin(_said(row))
    if row.over:
        canvas.line(x, mid, start, mid, row.answer)
        canvas.box(start, y + 1, _CARRIER, 22, fill="#ffffff", stroke=colour, line=1.2)
        over = shortened(row.over, _CARRIER - 14 - (20 if row.mark else 0), 11)
        canvas.text(start + 8, mid + 4, over, size=11)
    else:
        canvas.line(x, mid, end, mid, row.answer)
    if row.answer is Answer.BLOCKED:
        canvas.mark(end - 12, mid, row.mark)
        canvas.cross(end + _GAP / 2, mid)
    else:
        canvas.line(end, mid, goals - 4, mid, row.answer, arrow=row.answer is Answer.REACHABLE)
    if row.answer is Answer.UNKNOWN:
        canvas.text(goals - 14, mid - 4, "?", size=13, fill=colour, bold=True, middle=True)
    top = y + 3
    for chip_row in rows:
        left = goals
        for chip, wide in chip_row:
            canvas.box(left, top, wide, _CHIP - 2, fill="#ffffff", stroke=colour, line=1.2, round_=3)
            canvas.text(left + wide / 2, top + 13, shortened(chip.text, wide - 8, 10), size=10, middle=True)
            left += wide + 5
        top += _CHIP + 4
    for text, ink in notes:
        canvas.text(goals, top + 9, text, size=10, fill=ink)
        top += _LINE
    canvas.end()
    return max(top - y, 24) + 6


def _notes(row: LaneRow, width: float) -> list[tuple[str, str]]:
    """Return the lines below the goals: for what the row holds, why, and the fix."""
    colour = _STYLE[row.answer][0] if row.answer is not Answer.REACHABLE else _RED
    notes = [(text, _FAINT) for text in (wrapped(row.scope, width, 10, 1) if row.scope else [])]
    notes += [(text, colour) for text in wrapped(row.why.replace("`", ""), width, 10, 2)]
    if row.fix:
        notes += [(text, _INK) for text in wrapped(f"fix: {row.fix.replace('`', '')}", width, 10, 2)]
    return notes


def _said(row: LaneRow) -> str:
    parts = [f"{_WORDS[row.answer]}: {', '.join(row.goals)}", row.over and f"over {row.over}", row.scope]
    return "; ".join(filter(None, [*parts, row.why, row.fix and f"fix: {row.fix}"]))
