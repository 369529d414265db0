"""A page with the picture of a network and a table of the ways. It is one file, without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from sagemaker_netlint.explanation import Answer
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.network_picture import LaneRow, Panel
from sagemaker_netlint.report.network_svg import svg

_STYLE = """
body { font-family: Helvetica, Arial, 'Liberation Sans', sans-serif; color: #1f2933; margin: 1.5rem; }
figure { margin: 0; overflow-x: auto; }
table { border-collapse: collapse; margin-top: 1rem; font-size: 0.85rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem; border-bottom: 1px solid #d5dbe1; }
td { overflow-wrap: anywhere; } /* long addresses would make the page wider than the window */
td[class] { white-space: nowrap; }
.blocked { color: #b42318; font-weight: bold; }
.unknown { color: #8a5a00; font-style: italic; }
.reachable { color: #1b6e3c; }
.none { color: #52606d; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_NOTHING_FETCHED = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
_HEAD = ("workload", "to", "answer", "over, or at", "for", "why", "fix")


def html(panels: Sequence[Panel]) -> str:
    """Return the page."""
    sources = ", ".join(dict.fromkeys(panel.title for panel in panels))
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            _NOTHING_FETCHED,
            f"<title>Ways: {_text(sources)}</title><style>{_STYLE}</style></head><body>",
            f"<figure>{svg(panels)}</figure>",
            *(line for panel in panels for line in _table(panel)),
            "</body></html>",
            "",
        ]
    )


def _table(panel: Panel) -> Iterator[str]:
    yield f"<h2>{_text(panel.title + (f', when {panel.when}' if panel.when else ''))}</h2>"
    yield f"<table><thead><tr>{''.join(f'<th>{name}</th>' for name in _HEAD)}</tr></thead><tbody>"
    for lane in panel.lanes:
        for row in lane.rows:
            yield f"<tr>{''.join(_cells(f'{lane.number} {lane.address}', row))}</tr>"
    yield "</tbody></table>"


def _cells(owner: str, row: LaneRow) -> Iterator[str]:
    answer = f"blocked ({row.mark})" if row.answer is Answer.BLOCKED else row.answer.value
    yield f"<td>{_text(owner)}</td><td>{_text(', '.join(row.goals))}</td>"
    yield f'<td class="{row.answer.value}">{_text(answer)}</td>'
    yield from (f"<td>{_text(text)}</td>" for text in (row.over, row.scope, row.why, row.fix))


def _text(text: str) -> str:
    return escape(clean(text.replace("`", "")))
