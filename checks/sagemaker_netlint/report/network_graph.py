"""The picture of networks and ways, written to a file: SVG, HTML or Mermaid, by the file's name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.report.network_picture import Panel, Wanted, panels


class GraphError(Exception):
    """The picture can't be drawn or written; the text says why."""


def write_graph(
    deployments: Sequence[tuple[Sequence[Deployment], Policy]], wanted: Wanted, path: Path
) -> None:
    """Draw the wanted workloads of all deployments into a file.

    Raises:
        GraphError: the file's name has another ending, or it can't be written, or there is nothing to draw.

    """
    form = path.suffix.lower()
    if form not in {".svg", ".html", ".htm", ".mmd", ".mermaid"}:
        raise GraphError(f"{path}: the name must end in .svg, .html or .mmd")
    drawn = [panel for variants, policy in deployments for panel in panels(variants, policy, wanted)]
    if not drawn:
        return
    try:
        path.write_text(_rendered(drawn, form), encoding="utf-8")
    except OSError as error:
        raise GraphError(f"{path}: {error.strerror or error}") from None


def _rendered(drawn: Sequence[Panel], form: str) -> str:
    if form == ".svg":
        from sagemaker_netlint.report.network_svg import svg  # noqa: PLC0415 - one form each

        return svg(drawn)
    if form in {".html", ".htm"}:
        from sagemaker_netlint.report.network_html import html  # noqa: PLC0415 - one form each

        return html(drawn)
    from sagemaker_netlint.report.network_mermaid import mermaid  # noqa: PLC0415 - one form each

    return mermaid(drawn)
