"""A baseline by the command: what it holds, what it hides, and what it never hides."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from sagemaker_netlint.cli.main import main
from sagemaker_netlint.data_files import schema_file

FILE = ".sagemaker-netlint-baseline.json"
CHECK = ("check", ".", "--baseline", FILE, "--rule", "SMN201")
OPEN = "    Type: AWS::SageMaker::NotebookInstance\n    Properties: {DirectInternetAccess: Enabled}\n"
UNDECIDED = """\
Parameters:
  Access: {Type: String}
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {DirectInternetAccess: !Ref Access}
"""


class Ended(NamedTuple):
    """How a run of the command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command, run in a folder of its own."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert isinstance(end.value.code, int)
        return Ended(end.value.code, *capsys.readouterr())

    return command


def _template(*names: str, above: str = "") -> None:
    text = above + "Resources:\n" + "".join(f"  {name}:\n{OPEN}" for name in names)
    Path("t.yaml").write_text(text, encoding="utf-8")


def _baseline() -> Any:
    return json.loads(Path(FILE).read_text(encoding="utf-8"))


def test_what_was_there_passes_and_what_is_new_fails(run: Run) -> None:
    _template("Old")
    assert run(*CHECK[:2], "--rule", "SMN201").code == 1
    assert run("baseline", "create").code == 0
    before = run(*CHECK)
    assert (before.code, before.out.count("SMN201 ")) == (0, 0)
    assert "no violations, 0 undecided, 0 conforming, 1 in the baseline" in before.out
    _template("Old", "New")
    after = run(*CHECK)
    assert after.code == 1
    assert "`New`" in after.out
    assert "`Old`" not in after.out
    assert "1 violation (1 high), 0 undecided, 0 conforming, 1 in the baseline" in after.out


def test_lines_that_shift_change_nothing(run: Run) -> None:
    _template("Old")
    run("baseline", "create")
    _template("Old", above="# moved\n\n\nDescription: longer now\n")
    assert run(*CHECK).code == 0


def test_the_folder_one_looks_from_changes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _template("Old")
    run("baseline", "create")
    Path("deep").mkdir()
    monkeypatch.chdir("deep")
    assert run("check", "..", "--baseline", f"../{FILE}").code == 0


def test_two_alike_in_the_baseline_hide_no_third(run: Run) -> None:
    _template("Old")
    run("baseline", "create")
    entries = _baseline()["findings"]
    (entry,) = [entry for entry in entries if entry["rule"] == "SMN201"]
    text = json.dumps({"format_version": 1, "findings": [entry, entry]})
    Path(FILE).write_text(text, encoding="utf-8")
    verbose = run(*CHECK, "--verbose")
    assert verbose.code == 0
    assert "1 entry of the baseline is needed no more" in verbose.err


def test_the_file_has_the_shape_of_its_schema_and_no_lines(run: Run) -> None:
    _template("B", "A")
    assert "2  SMN201 notebook-direct-internet" in run("baseline", "create").out
    schema = json.loads(schema_file("baseline").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(_baseline())
    subjects = [e["subject"] for e in _baseline()["findings"] if e["rule"] == "SMN201"]
    assert subjects == ["A", "B"]
    first = Path(FILE).read_bytes()
    _template("B", "A", above="# moved\n")
    run("baseline", "create")
    assert Path(FILE).read_bytes() == first


def test_what_is_mended_is_told_and_pruned(run: Run) -> None:
    _template("Old", "Kept")
    run("baseline", "create")
    _template("Kept", "New")
    told = run("check", ".", "--baseline", FILE, "--verbose", "--rule", "SMN201")
    assert (
        "note: 1 entry of the baseline is needed no more (mended, ignored or waived); `sagemaker-netlint"
        in told.err
    )
    assert "gone from the baseline: t.yaml: SMN201 `Old`" in told.err
    assert "needed" not in run(*CHECK, "--quiet").err
    pruned = run("baseline", "prune", FILE)
    assert pruned.code == 0
    assert {entry["subject"] for entry in _baseline()["findings"]} == {"Kept"}
    still = run(*CHECK)
    assert still.code == 1
    assert "`New`" in still.out
    assert "mended" not in still.err


def test_what_was_not_read_this_time_is_not_called_mended(run: Run) -> None:
    _template("Old")
    Path("other.yaml").write_text(f"Resources:\n  Other:\n{OPEN}", encoding="utf-8")
    run("baseline", "create")
    before = Path(FILE).read_bytes()
    assert "mended" not in run("check", "t.yaml", "--baseline", FILE).err
    run("baseline", "prune", FILE, "t.yaml")
    assert Path(FILE).read_bytes() == before
    Path("other.yaml").unlink()
    assert "mended" in run("check", "t.yaml", "--baseline", FILE).err


def test_what_lies_elsewhere_in_the_repository_is_not_called_gone_from_outside_of_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for folder in ("one", "two"):
        Path(folder).mkdir()
        _template("Old")
        Path("t.yaml").rename(Path(folder, "t.yaml"))
    run("baseline", "create")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    file = str(tmp_path / FILE)
    assert "mended" not in run("check", str(tmp_path / "one"), "--baseline", file).err
    before = Path(file).read_text(encoding="utf-8")
    assert "0 findings taken out" in run("baseline", "prune", file, str(tmp_path / "one")).out
    assert Path(file).read_text(encoding="utf-8") == before
    (tmp_path / "two" / "t.yaml").unlink()
    assert "2 findings taken out" in run("baseline", "prune", file, str(tmp_path / "one")).out


def test_what_could_not_be_read_always_counts(run: Run) -> None:
    _template("Old")
    Path("broken.yaml").write_text("Resources:\n  A: [\n", encoding="utf-8")
    created = run("baseline", "create")
    assert created.code == 1
    assert "SMN001" in created.err
    assert {entry["rule"][:4] for entry in _baseline()["findings"]} == {"SMN2"}
    checked = run(*CHECK)
    assert checked.code == 1
    assert "SMN001" in checked.out
    assert "`Old`" not in checked.out


def test_undecided_findings_are_in_it_where_the_policy_fails_them(run: Run) -> None:
    Path("t.yaml").write_text(UNDECIDED, encoding="utf-8")
    lenient = run("baseline", "create")
    assert "undecided" not in {entry["outcome"] for entry in _baseline()["findings"]}, lenient.out
    Path("strict.yaml").write_text("undecided: fail\n", encoding="utf-8")
    strict = ("--policy", "strict.yaml")
    assert run(*CHECK, *strict).code == 1
    run("baseline", "create", *strict)
    assert "undecided" in {entry["outcome"] for entry in _baseline()["findings"]}
    assert run(*CHECK, *strict).code == 0


def test_a_suppressed_finding_needs_no_baseline(run: Run) -> None:
    text = f"Resources:\n  Old:\n    # sagemaker-netlint: ignore[SMN201] sandbox\n{OPEN}"
    Path("t.yaml").write_text(text, encoding="utf-8")
    run("baseline", "create")
    assert "SMN201" not in {entry["rule"] for entry in _baseline()["findings"]}
    assert "1 ignored" in run(*CHECK).out


def test_the_json_report_says_what_suppresses(run: Run) -> None:
    _template("Old")
    run("baseline", "create")
    report = json.loads(run(*CHECK, "--format", "json").out)
    (finding,) = report["findings"]
    assert (finding["suppressed"]["by"], finding["suppressed"]["location"]["file"]) == ("baseline", FILE)
    line = Path(FILE).read_text(encoding="utf-8").splitlines()[finding["suppressed"]["location"]["line"] - 1]
    assert line.strip() == "{"
    assert (report["outcome"], report["summary"]["suppressed"]) == ("clean", 1)


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        pytest.param(lambda _: "{", 1, "not valid JSON", id="no JSON"),
        pytest.param(lambda _: "", 1, "not valid JSON", id="empty"),
        pytest.param(lambda _: "[]", 1, "it has no format_version", id="a list"),
        pytest.param(lambda _: '{"runs": []}', 1, "it has no format_version", id="another file"),
        pytest.param(
            lambda text: text.replace('version": 1', 'version": 2'), 2, "reads 1, and it is 2", id="v2"
        ),
        pytest.param(
            lambda text: text.replace('"subject"', '"subjekt": "", "subject"'), 9, "unknown key", id="a key"
        ),
        pytest.param(lambda text: text.replace('"Old"', '"New"'), 4, "it was edited", id="edited by hand"),
    ],
)
def test_what_is_no_baseline_is_an_error_with_its_line(
    run: Run, change: Callable[[str], str], line: int, reason: str
) -> None:
    _template("Old")
    run("baseline", "create", "-o", "b.json")
    Path("b.json").write_text(change(Path("b.json").read_text(encoding="utf-8")), encoding="utf-8")
    for arguments in (("check", ".", "--baseline", "b.json"), ("baseline", "prune", "b.json")):
        ended = run(*arguments)
        assert ended.code == 2
        assert f"b.json:{line}: " in ended.err
        assert reason in ended.err


def test_nothing_to_check_makes_no_baseline(run: Run) -> None:
    ended = run("baseline", "create")
    assert (ended.code, Path(FILE).exists()) == (4, False)


def test_a_file_that_cannot_be_written_is_an_error(run: Run) -> None:
    _template("Old")
    ended = run("baseline", "create", "-o", "missing/b.json")
    assert ended.code == 2
    assert "missing/b.json can't be written" in ended.err
