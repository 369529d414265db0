"""The chart as a page: each drawing, and the numbers behind it in tables. Nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from sagemaker_netlint.capacity.analysis import Analysis
from sagemaker_netlint.capacity.figures import total
from sagemaker_netlint.capacity.model import Group
from sagemaker_netlint.report import chart_words
from sagemaker_netlint.report.chart_labels import calendar, shown

_TITLE = "Capacity of SageMaker subnets"
_CSS = """\
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto;
  max-width: 66rem; padding: 0 1rem; }
svg { width: 100%; height: auto; }
section + section { border-top: 1px solid #bbb; margin-top: 2rem; }
details { margin: .75rem 0; overflow-x: auto; }
summary { cursor: pointer; font-weight: 600; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #ddd; text-align: right; }
th { vertical-align: bottom; }
.text { text-align: left; }
footer { color: #5a5a5a; font-size: .85rem; margin-top: 2rem; }
"""


def page(
    drawn: Sequence[tuple[Analysis, str]], first_month: tuple[int, int] | None, creator: str, nothing: str
) -> str:
    """Return the page with its drawings, which are SVG."""
    sections = "\n".join(_section(analysis, svg, first_month) for analysis, svg in drawn)
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="{_text(creator)}">
<title>{_TITLE}</title>
<style>
{_CSS}</style>
</head>
<body>
<h1>{_TITLE}</h1>
{sections or f"<p>{_text(nothing)}</p>"}
<footer>Counts are IPv4 addresses. Written by {_text(creator)}.</footer>
</body>
</html>
"""


def _text(text: str) -> str:
    return escape(shown(text))


def _section(analysis: Analysis, svg: str, first_month: tuple[int, int] | None) -> str:
    label = f"{chart_words.title(analysis)}: {chart_words.verdict(analysis, first_month)}"
    return f"""\
<section>
<div role="img" aria-label="{_text(label)}">
{svg.strip()}
</div>
<details>
<summary>By month</summary>
{_table(_month_head(analysis), _months(analysis, first_month), texts=1)}
</details>
<details>
<summary>By subnet</summary>
{_table(_SUBNET_HEAD, _subnets(analysis, first_month), texts=3)}
</details>
</section>"""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int) -> str:
    """Return a table whose first columns are text."""

    def line(tag: str, cells: Sequence[str]) -> str:
        classes = [' class="text"' if index < texts else "" for index in range(len(cells))]
        inner = "".join(
            f"<{tag}{name}>{_text(cell)}</{tag}>" for name, cell in zip(classes, cells, strict=True)
        )
        return f"<tr>{inner}</tr>"

    body = "\n".join(line("td", row) for row in rows)
    return f"<table>\n<thead>{line('th', head)}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _groups(analysis: Analysis) -> list[Group]:
    return [group for group in Group if any(cause.group is group for cause in analysis.causes)]


def _month_head(analysis: Analysis) -> list[str]:
    names = [group.value for group in _groups(analysis)]
    head = ["month", *names, "needed", "usable"]
    if analysis.loss is not None:
        zone = chart_words.lost_zone(analysis.loss.zone)
        head += [f"needed when {zone} is lost", "usable then"]
    return head


def _months(analysis: Analysis, first_month: tuple[int, int] | None) -> Iterator[list[str]]:
    for month, needed in enumerate(analysis.needed):
        date = calendar(first_month, month)
        row = [f"{month} ({date})" if date else f"{month}"]
        for group in _groups(analysis):
            parts = [cause.needed[month] for cause in analysis.causes if cause.group is group]
            row.append(str(total(parts)))
        row += [str(needed), str(analysis.capacity)]
        if analysis.loss is not None:
            row += [str(analysis.loss.needed[month]), str(analysis.loss.capacity)]
        yield row


_SUBNET_HEAD = ("subnet", "CIDR", "zone", "usable", "fixed", "balanced", "full")


def _subnets(analysis: Analysis, first_month: tuple[int, int] | None) -> Iterator[list[str]]:
    """Yield the subnets at the horizon."""
    for subnet in analysis.subnets:
        share, full = subnet.shares[-1], subnet.full
        when = "" if full is None else "now" if full == 0 else calendar(first_month, full) or f"month {full}"
        figures = [str(subnet.capacity), str(share.fixed), str(share.balanced)]
        yield [subnet.place.name, *chart_words.block_and_zone(subnet), *figures, when]
