"""Writes the forecast as a chart: SVG, PNG, or a page in HTML that needs nothing beside itself."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagemaker_netlint import __version__
from sagemaker_netlint.capacity.analysis import Analysis
from sagemaker_netlint.report.chart_drawing import STYLE, FirstMonth, draw
from sagemaker_netlint.report.chart_html import page
from sagemaker_netlint.report.chart_words import sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ESTATES = 12
_NOTHING = "There is no SageMaker workload in subnets."
_CREATOR = f"sagemaker-netlint {__version__}"
_DOTS_PER_INCH = 150


class ChartError(Exception):
    """The chart can't be written; the text says why."""


def write_chart(analyses: Sequence[Analysis], path: Path, first_month: FirstMonth | None = None) -> None:
    """Write a chart in the format that the suffix of the file names.

    `first_month` is the calendar's (year, month) of month 0, `None` where it doesn't matter.

    Raises:
        ChartError: the suffix names no format, matplotlib is not installed, or the file can't be written.

    """
    render = _FORMATS.get(path.suffix.lower())
    if render is None:
        raise ChartError(f"{path.name} ends in none of {', '.join(_FORMATS)}")
    with _drawing():
        content = render(analyses, first_month)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ChartError(f"{path} can't be written: {error.strerror}") from None


@contextmanager
def _drawing() -> Iterator[None]:
    """Set matplotlib up to draw the same for the same input, whatever the user's own settings are."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra
    except ImportError:
        raise ChartError("matplotlib draws it; install sagemaker-netlint[chart]") from None
    with mpl.rc_context(), warnings.catch_warnings():
        # a name may have characters that the font has not: SVG and HTML keep them, PNG shows a box
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        mpl.rcdefaults()
        # a fixed salt makes the ids in an SVG the same each time; text stays text, to be found and read out
        for key, value in {**STYLE, "svg.hashsalt": "sagemaker-netlint", "svg.fonttype": "none"}.items():
            mpl.rcParams[key] = value  # type: ignore[index] # the stubs list the keys
        yield


def _figure(analyses: Sequence[Analysis], first_month: FirstMonth | None) -> Figure:
    more = len(analyses) - MOST_ESTATES
    note = f"{more:,} more are not drawn: draw fewer inputs at once" if more > 0 else ""
    return draw(analyses[:MOST_ESTATES], first_month, note if analyses else _NOTHING)


def _saved(figure: Figure, form: str, **settings: Any) -> bytes:
    out = BytesIO()
    figure.savefig(out, format=form, facecolor="white", **settings)
    return out.getvalue()


def _svg(analyses: Sequence[Analysis], first_month: FirstMonth | None) -> bytes:
    return _svg_of(_figure(analyses, first_month))


def _svg_of(figure: Figure) -> bytes:
    return _saved(figure, "svg", metadata={"Creator": _CREATOR, "Date": None})


def _png(analyses: Sequence[Analysis], first_month: FirstMonth | None) -> bytes:
    figure = _figure(analyses, first_month)
    words = " ".join(f"{sentence(analysis, first_month)}." for analysis in analyses[:MOST_ESTATES])
    # the format's keyword for what a picture shows; the library writes it as Latin-1
    described = words.encode("latin-1", "replace").decode("latin-1")
    metadata = {"Software": _CREATOR, "Description": described}
    return _saved(figure, "png", dpi=_DOTS_PER_INCH, metadata=metadata)


def _html(analyses: Sequence[Analysis], first_month: FirstMonth | None) -> bytes:
    drawn = [(analysis, _inline(draw([analysis], first_month))) for analysis in analyses]
    return page(drawn, first_month, _CREATOR, _NOTHING).encode("utf-8")


# what stands before an SVG and what describes it: an HTML page has its own
_PROLOGUE = re.compile(r"\A.*?(?=<svg\b)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)


def _inline(figure: Figure) -> str:
    return _METADATA.sub("", _PROLOGUE.sub("", _svg_of(figure).decode("utf-8")), count=1)


_FORMATS: dict[str, Callable[[Sequence[Analysis], FirstMonth | None], bytes]] = {
    ".svg": _svg,
    ".png": _png,
    ".html": _html,
}
