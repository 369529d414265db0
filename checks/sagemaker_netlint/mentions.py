"""Does a text name a file? Asked of templates, Terraform files and policies, without evaluating them.

In doubt it does: a name may be put together of parts. What is not named at all can't be read.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from sagemaker_netlint.readers.files import MAX_BYTES

# a computed part of a name: "${var.name}.sh", fileset(…, "scripts/*.sh"), format("%s/start.sh", …)
_COMPUTED = re.compile(r"\$\{[^}\n]*\}|\*+|%[a-z]")
_NAME = re.compile(rf"(?:{_COMPUTED.pattern}|[\w.@+/-])+")
# an end that is joined to something: join("", [var.name, ".sh"]), !Join ["", [!Ref Name, .yaml]]
_PIECE = re.compile(r"[\"'\s\[,]([./]\w[\w./-]*)(?=[\"'\s),\]]|$)")
_PATH = re.compile(r"[\w.@+/-]+\.(?:ya?ml|json|template)\b")
# file(), filebase64(), fileset(), templatefile(), and the data sources that read files
_READS_FILES = re.compile(r"\b(?:(?:template)?file\w*\s*\(|template_file\b|local_file\b)")


@dataclass(slots=True)
class Texts:
    """The texts of files and what they name, each read and searched once."""

    read: dict[Path, str] = field(default_factory=dict)
    patterns: dict[Path, re.Pattern[str] | None] = field(default_factory=dict)

    def text(self, file: Path) -> str:
        """Return a file's text, whatever its encoding; "" where it can't be read."""
        if file not in self.read:
            self.read[file] = _text(file)
        return self.read[file]

    def names(self, holder: Path, file: Path) -> bool:
        """Say whether the holder's text names the file, or has a part of which its name may be made."""
        text = self.text(holder)
        if file.name in text:
            return True
        # a name of parts is written out from its last dot on, if not from its last slash: quick to see
        _, dot, suffix = file.name.rpartition(".")
        if not dot or dot + suffix not in text:
            return False
        if holder not in self.patterns:
            parts = {part for part in map(_pattern, _NAME.findall(text)) if part}
            parts |= {f".*{re.escape(piece)}" for piece in _PIECE.findall(text)}
            self.patterns[holder] = re.compile("|".join(sorted(parts))) if parts else None
        pattern = self.patterns[holder]
        return pattern is not None and pattern.fullmatch(file.as_posix()) is not None

    def reads_files(self, holder: Path) -> bool:
        """Say whether a Terraform file reads other files."""
        return _READS_FILES.search(self.text(holder)) is not None

    def leads_to(self, holder: Path, file: Path) -> bool:
        """Say whether the holder names the file, or another document that does."""
        seen = {holder}
        queue = [holder]
        while queue:
            here = queue.pop()
            if self.names(here, file):
                return True
            following = set(self.named_by(here)) - seen
            seen |= following
            queue += following
        return False

    def named_by(self, holder: Path) -> list[Path]:
        """Return the documents on disk that a text names by their paths."""
        paths = (
            Path(os.path.normpath(holder.parent / name)) for name in set(_PATH.findall(self.text(holder)))
        )
        return [path for path in paths if os.path.isfile(path)]  # noqa: PTH113 - is_file may raise


def _pattern(name: str) -> str:
    """Return the pattern of the paths that a name with computed parts may stand for, or "".

    It must end in something that is written, such as `.sh`: else every text in braces would name every file.
    """
    written = _COMPUTED.split(name.rpartition("../")[2])
    if len(written) == 1 or not {".", "/"} & set(written[-1]):
        return ""
    return ".*" + ".*".join(re.escape(part.removeprefix("./")) for part in written)


def _text(file: Path) -> str:
    try:
        if not os.path.isfile(file) or file.stat().st_size > MAX_BYTES:  # noqa: PTH113 - as above
            return ""
        return file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return ""
