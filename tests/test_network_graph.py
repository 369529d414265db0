"""The pictures of `explain --graph`: what they show, that they are well-formed, safe, and always the same."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from test_estate import estate

from sagemaker_netlint.discovery import discover
from sagemaker_netlint.explanation import Answer
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.reading import Reading
from sagemaker_netlint.report.network_graph import GraphError, write_graph
from sagemaker_netlint.report.network_html import html
from sagemaker_netlint.report.network_mermaid import mermaid, quoted
from sagemaker_netlint.report.network_picture import Panel, panels
from sagemaker_netlint.report.network_svg import shortened, svg, width_of, wrapped

ESTATE = Path(__file__).resolve().parent.parent / "docs" / "images" / "three-zones.template"
POLICY = load_policy("vpc-only")
NAME = "{http://www.w3.org/2000/svg}"


def deployments(path: Path) -> list[Deployment]:
    reading = Reading(lambda _: POLICY, {}, (), lambda *_: None)
    return reading.read(discover((path,)).inputs).deployments


def drawn(path: Path) -> list[Panel]:
    return panels(deployments(path), POLICY, lambda _: True)


@pytest.fixture(scope="module")
def picture() -> list[Panel]:
    """Return the panels of the documented estate."""
    return drawn(ESTATE)


def hostile(tmp_path: Path) -> Path:
    """Return a template whose names try to be markup."""
    bad = '"]; </title><script>alert(1)</script> --> `x` %% end'
    template: dict[str, Any] = {
        "Resources": {
            bad: {
                "Type": "AWS::SageMaker::NotebookInstance",
                "Properties": {"SubnetId": {"Ref": f"S{bad}"}, "DirectInternetAccess": "Disabled"},
            },
            f"S{bad}": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "VpcId": {"Ref": f"V{bad}"},
                    "CidrBlock": "10.0.0.0/24",
                    "AvailabilityZone": bad,
                },
            },
            f"V{bad}": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        }
    }
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    return file


# -- what is shown ----------------------------------------------------------------------------------


def test_the_panel_holds_the_network_and_the_ways(picture: list[Panel]) -> None:
    (panel,) = picture
    (vpc,) = panel.vpcs
    assert [zone.label for zone in vpc.zones] == ["<region>a", "<region>b", "<region>c"]
    assert [subnet.address for subnet in vpc.zones[0].subnets] == [
        "PublicSubnetA",
        "StudioSubnetA",
        "JobsSubnetA",
    ]
    assert [subnet.kind for subnet in vpc.zones[0].subnets] == ["public", "private", "private"]
    assert [lane.address for lane in panel.lanes] == [
        "StudioDomain",
        "LabelingNotebook",
        "ChurnQuality",
        "ChurnModel",
    ]
    assert {chip.kind for chip in vpc.gateways} == {"internet", "gateway", "gateway-endpoint"}


def test_a_number_leads_from_a_blocked_way_to_where_it_is_blocked(picture: list[Panel]) -> None:
    (panel,) = picture
    blocked = [row for lane in panel.lanes for row in lane.rows if row.answer is Answer.BLOCKED]
    assert [(row.mark, row.over) for row in blocked] == [
        (1, "EndpointGroup"),
        (2, "JobsGroup"),
        (3, "JobsTableC"),
    ]
    marked = {table.address: table.marks for table in panel.vpcs[0].tables if table.marks}
    assert marked == {"EndpointGroup": (1,), "JobsGroup": (2,), "JobsTableC": (3,)}
    assert all(row.fix for row in blocked)


def test_variants_that_look_alike_share_a_panel(tmp_path: Path) -> None:
    template = estate()
    template["Parameters"] = {"Stage": {"Type": "String", "Default": "dev"}}
    template["Conditions"] = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
    file = tmp_path / "estate.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    assert [panel.when for panel in drawn(file)] == [""]
    template["Resources"]["Notebook"]["Condition"] = "IsProd"
    file.write_text(json.dumps(template), encoding="utf-8")
    assert sorted(panel.when for panel in drawn(file)) == ["IsProd is false", "IsProd is true"]


# -- SVG and HTML -----------------------------------------------------------------------------------


def test_the_svg_is_well_formed_and_fetches_nothing(picture: list[Panel]) -> None:
    text = svg(picture)
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert {element.tag.removeprefix(NAME) for element in root.iter()} == {
        *("svg", "g", "title", "rect", "text", "line", "path", "circle"),
    }
    assert not re.search(r"(href|src|url\(|@import|<image|<style)", text)
    shown = " ".join(element.text or "" for element in root.iter(f"{NAME}text"))
    for name in (
        "StudioDomain",
        "10.60.10.0/23",
        "NatA",
        "S3Endpoint",
        "fix: add JobsTableC to RouteTableIds",
    ):
        assert name in shown


def test_boxes_lie_inside_of_the_picture(picture: list[Panel]) -> None:
    root = ET.fromstring(svg(picture))  # noqa: S314 - our own text
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for box in root.iter(f"{NAME}rect"):
        left, top = float(box.attrib.get("x", 0)), float(box.attrib.get("y", 0))
        assert left >= 0
        assert left + float(box.attrib["width"]) <= width
        assert top + float(box.attrib["height"]) <= height


def test_a_blocked_way_is_told_without_its_colour(picture: list[Panel]) -> None:
    lines = [e for e in ET.fromstring(svg(picture)).iter(f"{NAME}line")]  # noqa: S314, C416 - our own text
    widths = {line.attrib["stroke"]: line.attrib["stroke-width"] for line in lines}
    dashes = {line.attrib["stroke"]: line.attrib.get("stroke-dasharray", "") for line in lines}
    looks = {(widths[stroke], dashes[stroke]) for stroke in widths}
    assert len(looks) == len(widths)


def test_the_page_has_a_row_for_each_row_of_ways(picture: list[Panel]) -> None:
    rows = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
            if tag == "tr":
                rows.append(tag)
            assert tag != "script"

    page = html(picture)
    Parser().feed(page)
    assert len(rows) == 1 + sum(len(lane.rows) for lane in picture[0].lanes)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("render", [svg, html, mermaid])
def test_pictures_are_the_same_each_time(render: Any) -> None:
    assert render(drawn(ESTATE)) == render(drawn(ESTATE))


def test_names_from_a_template_stay_text(tmp_path: Path) -> None:
    found = drawn(hostile(tmp_path))
    root = ET.fromstring(svg(found))  # noqa: S314 - our own text
    assert not list(root.iter(f"{NAME}script"))
    assert "<script" not in html(found)
    chart = mermaid(found)
    assert "<script" not in chart
    assert_mermaid(chart)


def test_long_texts_are_cut_in_their_middle() -> None:
    assert shortened("StudioSubnetA", 200, 11) == "StudioSubnetA"
    cut = shortened("a_very_long_name_of_a_subnet_in_zone_b", 120, 11)
    assert width_of(cut, 11) <= 120
    assert cut.endswith("zone_b")
    address = "module.network.module.vpc.aws_subnet.private[0]"
    assert shortened(address, 110, 11) == "…private[0]"
    assert len(wrapped("word " * 100, 100, 10, most=2)) == 2


def test_the_documented_picture_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ESTATE.parents[2])
    source = ESTATE.relative_to(ESTATE.parents[2])
    stored = ESTATE.with_suffix(".svg").read_text(encoding="utf-8")
    assert svg(drawn(source)) == stored, f"explain {source} --graph {source.with_suffix('.svg')}"


# -- Mermaid ----------------------------------------------------------------------------------------

_TEXT = r'"[^"`<>|]*(?:<br/>[^"`<>|]*)*"'
_LOOK = r"(?::::\w+)?"
_LINES = tuple(
    re.compile(pattern)
    for pattern in (
        r"flowchart LR",
        r"%% [^{}%]*",
        rf"subgraph n\d+\[{_TEXT}\]",
        r"direction TB",
        r"end",
        rf"n\d+\[{_TEXT}\]{_LOOK}",
        rf"n\d+\(\[{_TEXT}\]\){_LOOK}",
        rf"n\d+\{{\{{{_TEXT}\}}\}}{_LOOK}",
        rf"n\d+ (?:-->|--x|-\.->|-\.-)(?:\|{_TEXT}\|)? n\d+",
        r"classDef \w+ [#\w:,\- ]+",
        r"linkStyle \d+(?:,\d+)* stroke:#\w+,stroke-width:3px",
    )
)


def assert_mermaid(chart: str) -> None:
    """Hold each line against the grammar of flowcharts; subgraphs end as often as they begin."""
    lines = [line.strip() for line in chart.strip().splitlines()]
    for line in lines:
        assert any(pattern.fullmatch(line) for pattern in _LINES), line
    assert sum(line.startswith("subgraph") for line in lines) == lines.count("end")
    nodes = {match[0] for line in lines for match in re.finditer(r"\bn\d+(?=[\[\(\{])", line)}
    linked = [re.sub(_TEXT, "", line) for line in lines if re.match(r"n\d+ [-]", line)]
    assert {node for line in linked for node in re.findall(r"n\d+", line)} <= nodes
    styled = [line for line in lines if line.startswith("linkStyle")]
    numbers = [int(number) for line in styled for number in re.findall(r"\d+", line.split(" ")[1])]
    assert all(number < len(linked) for number in numbers)


def test_the_chart_has_the_grammar_of_mermaid(picture: list[Panel]) -> None:
    chart = mermaid(picture)
    assert_mermaid(chart)
    assert chart.count("--x") == 3
    assert "linkStyle" in chart


def test_what_mermaid_would_read_is_written_as_entities() -> None:
    assert quoted('say "#1" <b>', "", "a|b `c`") == '"say #quot;#35;1#quot; #lt;b#gt;<br/>a#124;b c"'


# -- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begin"), [("n.svg", "<svg"), ("n.html", "<!doctype"), ("n.mmd", "flowchart")]
)
def test_the_name_decides_the_form(name: str, begin: str, tmp_path: Path) -> None:
    write_graph([(deployments(ESTATE), POLICY)], lambda _: True, tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begin)


def test_other_names_and_folders_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="must end in"):
        write_graph([], lambda _: True, tmp_path / "n.pdf")
    with pytest.raises(GraphError, match="No such file"):
        write_graph([(deployments(ESTATE), POLICY)], lambda _: True, tmp_path / "not" / "there.svg")
