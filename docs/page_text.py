"""Small pieces of Markdown, and where the repository lies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sagemaker_netlint.rules.rule import DOCS

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = DOCS.partition("/blob/")[0]
"""The repository's address, which rules/rule.py keeps."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str, language: str = "") -> str:
    """Return a fenced block."""
    return f"```{language}\n{text}\n```"
