"""The lines that a report shows of a place: without their indentation, and cut; none that say nothing."""

from __future__ import annotations

from pathlib import Path

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.report.source_lines import source_lines


def shown(tmp_path: Path, text: str, line: int, end_line: int) -> list[tuple[int, str]]:
    file = tmp_path / "t.yaml"
    file.write_text(text, encoding="utf-8")
    return source_lines(Location(str(file), line, end_line))


def test_the_first_lines_without_what_all_of_them_are_indented_by(tmp_path: Path) -> None:
    assert shown(tmp_path, "a:\n    b:\n      c: 1\n    d: 2\n    e: 3\n", 2, 5) == [
        (2, "b:"),
        (3, "  c: 1"),
        (4, "d: 2"),
    ]


def test_a_long_line_is_cut(tmp_path: Path) -> None:
    ((line, text),) = shown(tmp_path, "  " + "x" * 300 + "\n", 1, 1)
    assert (line, text) == (1, "x" * 159 + "…")


def test_json_of_one_line_is_not_shown(tmp_path: Path) -> None:
    assert shown(tmp_path, "{" + "x" * 5_000 + "}", 1, 1) == []


def test_a_file_that_is_gone_shows_nothing(tmp_path: Path) -> None:
    assert source_lines(Location(str(tmp_path / "none.yaml"), 1, 2)) == []
