"""A rule's page, cut down to what a person with a red check needs: what it requires, why, how to fix."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from sagemaker_netlint.rule_pages import rule_sections
from sagemaker_netlint.rules.rule import Rule

_SECTIONS = ("What it requires", "Why", "How to fix")
_LINK = re.compile(r"(?P<text>\[[^\]\n]*\])\((?P<target>[^)\s]+)\)")


def help_markdown(rule: Rule) -> str:
    """Return the help in Markdown, with absolute links; the title alone where the page is not shipped."""
    try:
        sections = rule_sections(rule)
    except OSError:
        sections = {}
    parts = [f"**{rule.title}**"]
    parts += [f"## {title}\n\n{sections[title]}" for title in _SECTIONS if title in sections]
    parts.append(f"[The whole page, with examples]({rule.guideline})")
    return _LINK.sub(
        lambda match: f"{match['text']}({urljoin(rule.guideline, match['target'])})", "\n\n".join(parts)
    )


def plain(markdown: str) -> str:
    """Return Markdown as text: links as their text, without marks of headings, bold and code."""
    text = _LINK.sub(lambda match: match["text"][1:-1], markdown)
    return re.sub(r"^#+ |\*\*|`", "", text, flags=re.MULTILINE)
