"""The pages of the site: those of docs/, with links that lead out of docs/ turned into addresses.

The pages are read on GitHub, too, so that they are plain Markdown with links from file to file. On the site,
a link to a page or a picture of docs/ stays as it is, a link to a schema leads to the site's own copy, and a
link to any other file of the repository leads to the repository.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from page_text import REPOSITORY, ROOT

DOCS = ROOT / "docs"
SCHEMAS = ROOT / "schemas"
PICTURES = frozenset({".png", ".svg"})
FAMILIES = {
    "0": "The input itself",
    "1": "Domains (Studio)",
    "2": "Notebook instances",
    "3": "Jobs",
    "4": "Models and hosting",
    "5": "Subnets",
    "6": "VPC endpoints and DNS",
    "7": "Routing",
    "8": "Security groups, ACLs",
    "9": "IAM guardrails",
}
"""What the hundreds of a rule's id stand for (docs/rules/README.md)."""

_WIDE = "---\nhide: [navigation, toc]\n---\n"
"""The head of the start page: it has nothing beside it, so that its picture is wide enough to be read."""
_FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`[^`\n]+`(?!\]))")
_TABLE_ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
_LINK = re.compile(r"(?P<before>\]\()(?P<target>[^)\s]+)(?P<after>\))")


class PageError(Exception):
    """The pages and the navigation, or a link and the files, do not agree; the text says where."""


def pages() -> list[Path]:
    """Return the files of docs/ that the site shows: pages and pictures, as paths below docs/."""
    kept = PICTURES | {".md"}
    found = (file.relative_to(DOCS) for file in DOCS.rglob("*") if file.suffix in kept)
    return sorted(file for file in found if file.parts[0] != "website")


def page_text(page: Path) -> str:
    """Return the Markdown of a page (a path below docs/) as the site takes it.

    Raises:
        PageError: a link leads to a file that isn't there.

    """
    text = (DOCS / page).read_text(encoding="utf-8")
    parts = _FENCED.split(text)
    parts[::2] = [_prose(page, part) for part in parts[::2]]
    return "".join([_WIDE if page == Path("index.md") else "", *parts])


def _prose(page: Path, text: str) -> str:
    # GitHub wants a bar in the code of a table escaped, and the site's Markdown would show the backslash
    rows = _TABLE_ROW.sub(lambda row: _CODE.sub(lambda code: code[0].replace(r"\|", "|"), row[0]), text)
    parts = _CODE.split(rows)
    parts[::2] = [_LINK.sub(lambda match: _link(page, match), part) for part in parts[::2]]
    return "".join(parts)


def _link(page: Path, match: re.Match[str]) -> str:
    target, hash_sign, anchor = match["target"].partition("#")
    if not target or re.match(r"[a-z]+:", target):
        return match[0]
    file = (DOCS / page.parent / target).resolve()
    if not file.exists():
        raise PageError(f"docs/{page.as_posix()}: the link to {match['target']} leads nowhere")
    return f"{match['before']}{_address(page, target, file)}{hash_sign}{anchor}{match['after']}"


def _address(page: Path, target: str, file: Path) -> str:
    if file.is_relative_to(DOCS) and file.suffix in PICTURES | {".md"}:
        return target
    if file.parent == SCHEMAS:
        return os.path.relpath(Path("schemas") / file.name, page.parent).replace(os.sep, "/")
    kind = "tree" if file.is_dir() else "blob"
    return f"{REPOSITORY}/{kind}/main/{file.relative_to(ROOT).as_posix()}"


def navigation(written: Iterable[Any]) -> list[Any]:
    """Return the navigation of the configuration, with the rules and the decisions in their places.

    Raises:
        PageError: a page is in the navigation and not in docs/, or the other way round.

    """
    whole = [_filled(entry) for entry in written]
    named = {target for target in _targets(whole) if not target.startswith("https:")}
    there = {page.as_posix() for page in pages() if page.suffix == ".md"}
    wrong = [f"docs/{page} is not in the navigation, docs/website/config.yml" for page in there - named]
    wrong += [f"docs/{page} is in docs/website/config.yml and missing" for page in named - there]
    if wrong:
        raise PageError("\n".join(sorted(wrong)))
    return whole


def _filled(entry: Any) -> Any:
    """Return a part of the navigation with the lists that stand for a folder written out."""
    if isinstance(entry, Mapping):
        return {title: _filled(below) for title, below in entry.items()}
    if isinstance(entry, list):
        return [_filled(below) for below in entry]
    made = {"rules/*": _rules, "decisions/*": _decisions}.get(entry)
    return entry if made is None else made()


def _rules() -> list[Any]:
    groups: dict[str, list[Any]] = {}
    for page in sorted((DOCS / "rules").glob("SMN*.md")):
        family = FAMILIES[page.name[3]]
        groups.setdefault(family, []).append({page.stem.replace("-", " ", 1): f"rules/{page.name}"})
    return ["rules/README.md", *({family: below} for family, below in groups.items())]


def _decisions() -> list[Any]:
    return ["decisions/README.md", *(f"decisions/{file.name}" for file in _numbered())]


def _numbered() -> list[Path]:
    return sorted((DOCS / "decisions").glob("0*.md"))


def _targets(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for below in entry.values() if isinstance(entry, Mapping) else entry:
            yield from _targets(below)
