"""Check a built site: every link, anchor and picture is there, and no page loads anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_LOADED = frozenset({"script", "img", "iframe", "source", "object", "embed", "audio", "video"})
_LINKED_AND_LOADED = frozenset(
    {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "modulepreload"}
)


@dataclass(slots=True)
class Page:
    """What a page of HTML offers and asks for."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collect the anchors, the links and the loaded files of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element offers and asks for."""
        given = {name: value for name, value in attrs if value is not None}
        self.page.anchors.update(given[name] for name in ("id", "name") if name in given)
        relations = set(given.get("rel", "").split())
        if tag in _LOADED or (tag == "link" and relations & _LINKED_AND_LOADED):
            self.page.loads += [given[name] for name in ("src", "href", "data") if name in given]
        elif tag in {"a", "link"} and "href" in given:
            self.page.links.append(given["href"])


def read_page(text: str) -> Page:
    """Return what a page of HTML offers and asks for."""
    reader = _Reader()
    reader.feed(text)
    return reader.page


def broken_links(folder: Path, address: str) -> Iterator[str]:
    """Yield a line for each link of the site in a folder that leads nowhere, or that loads from elsewhere.

    Args:
        folder: the built site.
        address: where the site will lie, with a slash at its end.

    """
    read = {file: read_page(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("*.html"))}
    for file, page in read.items():
        shown = file.relative_to(folder).as_posix()
        here = urljoin(address, shown.removesuffix("index.html"))
        for target in (*page.links, *page.loads):
            whole = urljoin(here, target)
            if not whole.startswith(address):
                if target in page.loads and not target.startswith("data:"):
                    yield f"{shown}: loads {target}, which is not of this site"
            elif wrong := _wrong(folder, whole.removeprefix(address), read):
                yield f"{shown}: {target} leads nowhere ({wrong})"


def _wrong(folder: Path, below: str, read: dict[Path, Page]) -> str:
    """Return why a link, relative to the site, leads nowhere; empty where it doesn't."""
    parts = urlsplit(below)
    file = folder / unquote(parts.path)
    if file.is_dir():
        file /= "index.html"
    if not file.is_file():
        return "no such file"
    anchor = unquote(parts.fragment)
    known = anchor in {"", "__skip"} or file not in read or anchor in read[file].anchors
    return "" if known else "no such anchor"
