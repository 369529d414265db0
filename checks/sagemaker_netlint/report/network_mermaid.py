"""A picture of a network as a Mermaid flowchart: text that GitHub and GitLab render."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sagemaker_netlint.explanation import Answer
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.network_picture import Chip, Lane, LaneRow, Panel, SubnetBox, VpcBox

# what a quoted text of Mermaid can't hold as it is; entities are written with # instead of &
_SPECIAL = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "", "|": "#124;"}
_SPECIALS = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
_MOST = 120
_ARROWS = {Answer.REACHABLE: "-->", Answer.BLOCKED: "--x", Answer.UNKNOWN: "-.->", Answer.NONE: "-.-"}
_CLASSES = (
    "classDef workload fill:#1f3a5f,stroke:#1f3a5f,color:#ffffff",
    "classDef public fill:#fff4e0,stroke:#c77d00,color:#1f2933",
    "classDef private fill:#eef4fb,stroke:#4a78a8,color:#1f2933",
    "classDef blocked fill:#ffffff,stroke:#b42318,stroke-width:3px,color:#b42318",
    "classDef unknown fill:#ffffff,stroke:#8a5a00,stroke-dasharray:6 4,color:#1f2933",
)


@dataclass(slots=True)
class _Chart:
    lines: list[str] = field(default_factory=list)
    nodes: int = 0
    links: int = 0
    red: list[int] = field(default_factory=list)

    def node(self) -> str:
        self.nodes += 1
        return f"n{self.nodes}"

    def link(self, start: str, end: str, row: LaneRow) -> None:
        label = _link_label(row)
        arrow = _ARROWS[row.answer] + (f'|"{label}"|' if label else "")
        self.lines.append(f"  {start} {arrow} {end}")
        if row.answer is Answer.BLOCKED:
            self.red.append(self.links)
        self.links += 1


def mermaid(panels: Sequence[Panel]) -> str:
    """Return one flowchart with all panels."""
    chart = _Chart()
    for panel in panels:
        chart.lines.append(f"  %% {_comment(panel)}")
        for vpc in panel.vpcs:
            _vpc(chart, vpc)
        for lane in panel.lanes:
            _lane(chart, lane)
    red = (
        [f"  linkStyle {','.join(map(str, chart.red))} stroke:#b42318,stroke-width:3px"] if chart.red else []
    )
    return "\n".join(["flowchart LR", *chart.lines, *(f"  {line}" for line in _CLASSES), *red, ""])


def _comment(panel: Panel) -> str:
    text = panel.title + (f", when {panel.when}" if panel.when else "")
    return re.sub(r"[{}%]", "", clean(text))


def quoted(*texts: str) -> str:
    """Return texts as the lines of one quoted label."""
    return '"' + "<br/>".join(_escaped(text) for text in texts if text) + '"'


def _escaped(text: str) -> str:
    shown = clean(text)
    shown = shown if len(shown) <= _MOST else f"{shown[:_MOST]}…"
    return _SPECIALS.sub(lambda match: _SPECIAL[match[0]], shown)


def _vpc(chart: _Chart, vpc: VpcBox) -> None:
    chart.lines.append(f"  subgraph {chart.node()}[{quoted(f'VPC {vpc.address} {vpc.cidr}')}]")
    for zone in vpc.zones:
        label = zone.label if zone.label.startswith("zone") else f"zone {zone.label}"
        chart.lines += [f"    subgraph {chart.node()}[{quoted(label)}]", "      direction TB"]
        for subnet in zone.subnets:
            look = "blocked" if subnet.marks else "public" if subnet.kind == "public" else "private"
            chart.lines.append(f"      {chart.node()}[{quoted(*_subnet(subnet))}]:::{look}")
        chart.lines.append("    end")
    for table in vpc.tables:
        rules = [" → ".join(filter(None, line)) for line in table.lines] or ["nothing but the local route"]
        marked = f"{table.kind} {table.address}{_marks(table.marks)}"
        look = ":::blocked" if table.marks else ""
        chart.lines.append(f"    {chart.node()}[{quoted(marked, *rules[:6])}]{look}")
    for gateway in vpc.gateways:
        look = ":::blocked" if gateway.marks else ""
        chart.lines.append(f"    {chart.node()}{{{{{quoted(gateway.title + _marks(gateway.marks))}}}}}{look}")
    chart.lines.append("  end")


def _marks(numbers: Sequence[int]) -> str:
    return "".join(f" ({number})" for number in numbers)


def _subnet(subnet: SubnetBox) -> Iterator[str]:
    yield f"{subnet.address}{_marks(subnet.marks)}"
    yield f"{subnet.cidr} {subnet.kind}, {subnet.table}"
    for kind, noun in (("workload", ""), ("nat", "NAT "), ("file-system", ""), ("endpoint", "endpoints ")):
        chips: list[Chip] = [chip for chip in subnet.chips if chip.kind == kind]
        if chips:
            yield noun + ", ".join(f"{chip.text}{_marks(chip.marks)}" for chip in chips)


def _lane(chart: _Chart, lane: Lane) -> None:
    owner = chart.node()
    chart.lines.append(f"  {owner}([{quoted(f'{lane.number} {lane.address}', *lane.facts)}]):::workload")
    for row in lane.rows:
        goal = chart.node()
        look = {Answer.BLOCKED: ":::blocked", Answer.UNKNOWN: ":::unknown"}.get(row.answer, "")
        chart.lines.append(f"  {goal}[{quoted(', '.join(row.goals), row.scope)}]{look}")
        chart.link(owner, goal, row)


def _link_label(row: LaneRow) -> str:
    if row.answer is Answer.BLOCKED:
        return _escaped(f"({row.mark}) {row.why}")
    if row.answer is Answer.REACHABLE:
        return _escaped(f"over {row.over}" if row.over else "")
    return _escaped(f"unknown: {row.why}" if row.answer is Answer.UNKNOWN else "no way, and none needed")
