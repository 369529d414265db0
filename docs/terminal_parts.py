"""Pictures of the terminal: the real command runs with its colours, and its output becomes an SVG.

The text of an SVG stays text, in the reader's own monospace font: nothing is loaded, and nothing in the file
depends on the machine.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from command_parts import CAPACITY, run_command

COLUMNS = 122
"""The width of the terminal; longer lines are folded, as a terminal does."""

RUNS = {
    "terminal-check": "check examples/cloudformation --rule SMN801 --rule SMN201",
    "terminal-capacity": CAPACITY,
    "terminal-explain": "explain docs/images/three-zones.template --subject ChurnModel",
}
"""The command of each picture in docs/images/, by the picture's name."""

_PALETTE = (
    "484f58 ff7b72 56d364 e3b341 79c0ff d2a8ff 56d4dd b1bac4 "  # black, red, green ... white
    "6e7681 ffa198 7ee787 f2cc60 a5d6ff e2c5ff b3f0ff ffffff"  # the same, bright
)
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
font: {char_height}px/{line_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def terminal_picture(name: str) -> str:
    """Return the SVG of a run: a name of RUNS."""
    shown = run_command(*RUNS[name].split(), "--color", "always")
    text = Text.from_ansi(f"\x1b[1m$ sagemaker-netlint {RUNS[name]}\x1b[0m\n\n{shown}")
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    for line in _folded(text):
        console.print(line, no_wrap=True, crop=False, highlight=False)
    made = console.export_svg(theme=_theme(), code_format=_FORMAT, unique_id=name, title="")
    return "\n".join(line.strip() for line in made.splitlines() if line.strip()) + "\n"


def _theme() -> TerminalTheme:
    def colour(written: str) -> tuple[int, int, int]:
        return (int(written[:2], 16), int(written[2:4], 16), int(written[4:], 16))

    colours = [colour(written) for written in _PALETTE.split()]
    return TerminalTheme(colour("161b22"), colour("e6edf3"), colours[:8], colours[8:])


def _folded(text: Text) -> Iterator[Text]:
    for line in text.split("\n", allow_blank=True):
        yield from line.divide(range(COLUMNS, len(line), COLUMNS))
