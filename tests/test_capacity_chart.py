"""The chart of a forecast: what it says, that nothing overlaps, that it is the same each time and safe."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from ipaddress import IPv4Network
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from components import deploy, make
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from sagemaker_netlint.capacity.analysis import Analysis, analyse
from sagemaker_netlint.capacity.model import Group
from sagemaker_netlint.cli.main import main
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.topology import InterfaceOwner, Subnet, Vpc, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Cluster, Domain, InstanceGroup, Job, NotebookInstance
from sagemaker_netlint.report import chart_drawing, chart_words
from sagemaker_netlint.report.capacity_chart import MOST_ESTATES, ChartError, write_chart
from sagemaker_netlint.report.chart_labels import (
    calendar,
    elided,
    month_named,
    month_ticks,
    shown,
    spread,
    wrapped,
)

ROOT = Path(__file__).resolve().parent.parent
START = (2026, 11)
# the whitepaper's scenario, which grows
USE = ExpectedUse(
    users=100,
    studio="classic",
    training_instances_per_user=1,
    growth_percent_per_year=30,
    horizon_months=36,
)
SVG = "{http://www.w3.org/2000/svg}"


def seed(count: int = 3, prefix: int = 24, name: str = "Domain") -> list[Declared]:
    """Return a domain with ten endpoints in so many subnets."""
    base, size = int(IPv4Network("10.0.0.0/16").network_address), 1 << (32 - prefix)
    subnets = [
        make(
            Subnet,
            f"Private{index}",
            vpc="vpc",
            zone=f"us-east-1{'abcdef'[index % 6]}",
            cidr=IPv4Network((base + index * size, prefix)),
        )
        for index in range(count)
    ]
    own = tuple(subnet.identity for subnet in subnets)
    endpoints = [
        make(VpcEndpoint, f"Endpoint{index}", vpc="vpc", endpoint_type="Interface", subnets=own)
        for index in range(10)
    ]
    return [make(Vpc, "vpc"), *subnets, *endpoints, make(Domain, name, vpc="vpc", subnets=own)]


def reckoned(components: Sequence[Declared], use: ExpectedUse = USE) -> list[Analysis]:
    return analyse([deploy(*components)], lambda _: use)


def open_ranges() -> list[Declared]:
    """Return an estate with everything that isn't known for certain."""
    made = seed()
    own = tuple(subnet.identity for subnet in made if isinstance(subnet, Subnet))
    made[1] = replace(cast("Subnet", made[1]), cidr=Unknown("parameter SubnetCidr has no default"))
    group = make(InstanceGroup, "group", instance_type="ml.c5.xlarge", instance_count=3)
    return [
        *made,
        make(Job, "Job", kind="training", subnets=own, instance_type="ml.p4d.24xlarge", instance_count=8),
        make(InterfaceOwner, "Balancer", kind="load balancer", subnets=own),
        make(NotebookInstance, "Notebook", subnet=own[0]),
        make(Cluster, "Cluster", subnets=own, instance_groups=(group,)),
    ]


def two_estates() -> list[Declared]:
    blocks = ("10.16.0.0/18", "10.9.0.0/24")
    subnets = [
        make(Subnet, f"Other{index}", vpc="vpc", zone="us-east-1a", cidr=IPv4Network(block))
        for index, block in enumerate(blocks)
    ]
    own = tuple(subnet.identity for subnet in subnets)
    return [*seed(2), *subnets, make(Domain, "Other", vpc="vpc", subnets=own)]


def notebook_only() -> list[Declared]:
    return [*seed(1)[:2], make(NotebookInstance, "Notebook", subnet="Private0")]


STILL = replace(USE, growth_percent_per_year=0)
SCENES: dict[str, list[Analysis]] = {
    "full in time": reckoned(seed()),
    "full after the horizon": reckoned(seed(3, 22)),
    "no growth": reckoned(seed(3, 23), STILL),
    "headroom": reckoned(seed(3, 23), replace(STILL, headroom_percent=20)),
    "one subnet": reckoned(seed(1, 22), replace(USE, horizon_months=24)),
    "twelve subnets": reckoned(seed(12, 26)),
    "forty subnets": reckoned(seed(40, 26)),
    "short now": reckoned(seed(3, 25)),
    "open": reckoned(open_ranges()),
    "two estates": reckoned(two_estates()),
    "no horizon": reckoned(notebook_only()),
    "ten years": reckoned(seed(3, 18), replace(USE, horizon_months=120)),
    "long names": reckoned(
        seed(name='module.studio_of_the_department["eu-west-1"].aws_sagemaker_domain.' * 3)
    ),
}
scenes = pytest.mark.parametrize("scene", SCENES, ids=lambda name: name.replace(" ", "-"))


def svg(analyses: Sequence[Analysis], folder: Path, start: tuple[int, int] | None = START) -> str:
    write_chart(analyses, folder / "chart.svg", start)
    return (folder / "chart.svg").read_text(encoding="utf-8")


def texts(drawing: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(drawing).iter(f"{SVG}text")]  # noqa: S314 - our own


# -- what it says ----------------------------------------------------------------------------------


def test_the_seeds_chart_says_what_is_needed_and_when_it_is_full(tmp_path: Path) -> None:
    said = texts(svg(SCENES["full in time"], tmp_path))
    for text in (
        "Domain: IPv4 addresses needed and usable",
        "net.yaml · 3 subnets",
        SENTENCE,
        "IPv4 addresses",
        "months from now, and calendar month",
        "2028-05",
        "usable: 753",
        "users: 1,100 (500 now)",
        "domain: 33",
        "limit without zone us-east-1a: 513",
        "(502 left, 11 go with it)",
        "full in month 17 (2028-04)",
        "loss of zone us-east-1a not survived now",
    ):
        assert said.count(text) == 1, text
    assert said.count("378 of 251, full in 2028-04") == 3
    assert said.count("10.0.1.0/24 · us-east-1b") == 1


SENTENCE = (
    "needs 533 now and 1,133 in month 36 (2029-11), of 753 usable; full in month 17 (2028-04); the loss of "
    "zone us-east-1a is not survived"
)


UNKNOWN_SIZE = "is not known: the size of Private0 is not known: parameter SubnetCidr has no default"
ALL_IN_ONE = "all of it lies in zone us-east-1a: nothing is left when that is lost"


@pytest.mark.parametrize(
    ("scene", "sums", "verdict", "loss"),
    [
        (
            "full after the horizon",
            "needs 533 now and 1,133 in month 36, of 3,057 usable",
            "fits until month 36, full in month 83",
            "the loss of a zone is survived",
        ),
        (
            "no growth",
            "needs 533 of 1,521 usable",
            "fits, and no growth is expected",
            "the loss of a zone is survived",
        ),
        (
            "one subnet",
            "needs 511 now and 856 in month 24, of 1,019 usable",
            "fits until month 24, full in month 32",
            ALL_IN_ONE,
        ),
        (
            "short now",
            "needs 533 now and 1,133 in month 36, of 369 usable",
            "short now",
            "the loss of zone us-east-1a is not survived",
        ),
        (
            "open",
            "needs 580 or more now and 1,180 or more in month 36, of 513 to 66,033 usable",
            f"whether it fits {UNKNOWN_SIZE}",
            "the loss of zone us-east-1b is not survived",
        ),
        ("no horizon", "needs 1 of 251 usable", "fits, and no growth is expected", ALL_IN_ONE),
    ],
)
def test_the_sentence_tells_the_whole_story(scene: str, sums: str, verdict: str, loss: str) -> None:
    assert chart_words.sentence(SCENES[scene][0], None) == f"{sums}; {verdict}; {loss}"


def test_a_loss_that_is_survived_for_a_time_names_the_month(tmp_path: Path) -> None:
    (analysis,) = reckoned(seed(3, 23))
    month = chart_words.loss_month(analysis)
    assert month == 32
    assert analysis.loss is not None
    assert analysis.loss.needed[31].low <= analysis.loss.capacity.high < analysis.loss.needed[32].low
    said = texts(svg([analysis], tmp_path))
    assert "loss of zone us-east-1a not survived from month 32 (2029-07) on" in said
    assert (
        chart_words.loss_verdict(analysis, None)
        == "the loss of zone us-east-1a is not survived from month 32 on"
    )


def test_the_limit_of_a_lost_zone_is_what_is_left_and_what_goes_with_it() -> None:
    (analysis,) = SCENES["full in time"]
    limits = chart_words.loss_limit(analysis)
    assert {(limit.low, limit.high) for limit in limits} == {(513, 513)}
    assert len(limits) == 37


def test_what_is_perhaps_needed_and_perhaps_there_is_said(tmp_path: Path) -> None:
    said = texts(svg(SCENES["open"], tmp_path))
    assert "perhaps more: no upper bound is" in said
    assert "usable: 513 to 66,033" in said
    assert "squares: perhaps, too" in " ".join(said)


def test_headroom_is_said(tmp_path: Path) -> None:
    assert "usable: 1,215 (20 % kept free)" in texts(svg(SCENES["headroom"], tmp_path))


def test_of_many_subnets_the_tightest_are_shown_and_the_others_summed_up(tmp_path: Path) -> None:
    said = texts(svg(SCENES["forty subnets"], tmp_path))
    assert sum(text.startswith("Private") for text in said) == 16
    assert "24 more subnets have as much room or more: in all, 936 of 1,416 are needed" in said


def test_the_tightest_subnets_come_first() -> None:
    made = seed(20, 24)
    tight = replace(cast("Subnet", made[20]), cidr=IPv4Network("10.0.99.0/28"))
    made[20] = tight
    (analysis,) = reckoned(made)
    kept, rest = chart_drawing.tightest(analysis)
    assert [subnet.place.name for subnet in kept] == [*(f"Private{n}" for n in range(15)), "Private19"]
    assert rest.startswith("4 more subnets have as much room or more")


def test_one_subnet_is_drawn_once(tmp_path: Path) -> None:
    said = texts(svg(SCENES["one subnet"], tmp_path))
    assert "net.yaml · Private0 · 10.0.0.0/22 · us-east-1a" in said
    assert not any(text.startswith("In each subnet") for text in said)


def test_several_estates_are_drawn_below_one_another(tmp_path: Path) -> None:
    said = texts(svg(SCENES["two estates"], tmp_path))
    titles = [text for text in said if text.endswith(": IPv4 addresses needed and usable")]
    assert [title.partition(":")[0] for title in titles] == ["Domain", "Other"]
    assert "the scales differ" in " ".join(said)
    many = SCENES["no horizon"] * (MOST_ESTATES + 3)
    assert "3 more are not drawn: draw fewer inputs at once" in texts(svg(many, tmp_path))


def test_without_a_calendar_the_months_are_counted(tmp_path: Path) -> None:
    said = texts(svg(SCENES["full in time"], tmp_path, None))
    assert "months from now" in said
    assert "full in month 17" in said
    assert not any(re.search(r"20\d\d-", text) for text in said)


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    assert texts(svg([], tmp_path)) == ["There is no SageMaker workload in subnets."]
    write_chart([], tmp_path / "chart.html")
    assert "<p>There is no SageMaker workload in subnets.</p>" in (tmp_path / "chart.html").read_text("utf-8")


# -- that it can be read ---------------------------------------------------------------------------


def drawn(analyses: Sequence[Analysis]) -> Figure:
    with mpl.rc_context():
        mpl.rcdefaults()
        for key, value in chart_drawing.STYLE.items():
            mpl.rcParams[cast("Any", key)] = value
        figure = chart_drawing.draw(analyses, START, "a note")
        FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call] # so in matplotlib's stubs
    return figure


@scenes
def test_no_text_covers_another_or_leaves_the_picture(scene: str) -> None:
    figure = drawn(SCENES[scene])
    found = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in found if isinstance(text, Text)]
    whole = figure.bbox
    for text, box in boxes:
        assert whole.x0 <= box.x0, text
        assert box.x1 <= whole.x1, text
        assert whole.y0 <= box.y0, text
        assert box.y1 <= whole.y1, text
    for (text, box), (other, beside) in combinations(boxes, 2):
        # the boxes of two lines of text overlap by a hair where no ink does
        apart = (
            min(box.x1, beside.x1) - max(box.x0, beside.x0) < 1
            or min(box.y1, beside.y1) - max(box.y0, beside.y0) < 2
        )
        assert apart, (text, other)


def test_areas_differ_without_colour() -> None:
    fills = chart_drawing._FILLS  # noqa: SLF001 - what is drawn with
    assert set(fills) == set(Group)
    hatches = [hatch for _, hatch in fills.values()] + [chart_drawing._MAYBE[1]]  # noqa: SLF001 - as above
    assert len(set(hatches)) == len(hatches)
    lines = (chart_drawing._USABLE, chart_drawing._LOST)  # noqa: SLF001 - as above
    assert len({line.dashes for line in lines}) == len(lines)


def test_every_line_of_the_svg_is_a_line_to_each_reader(tmp_path: Path) -> None:
    drawing = svg(SCENES["full in time"], tmp_path)
    # an empty list of dashes is no valid one, and some readers drop the line
    dashes = set(re.findall(r"stroke-dasharray: ?([^;\"]*)", drawing))
    assert dashes
    assert all(re.fullmatch(r"[\d.]+(,[\d.]+)+", each) for each in dashes)
    # the usable addresses, in total with their sample, and in each subnet
    assert len(re.findall(r"stroke-width: (?:2\.2|1\.8)(?![\d.])", drawing)) == 5


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.5, 20)), min_size=1, max_size=9),
)
def test_labels_are_spread_without_overlap(wanted: list[tuple[float, float]]) -> None:
    wanted.sort()
    heights = [height for _, height in wanted]
    places = spread([at for at, _ in wanted], heights, 0, 100)
    squeeze = min(1, 100 / sum(heights))
    edges = [(at - h * squeeze / 2, at + h * squeeze / 2) for at, h in zip(places, heights, strict=True)]
    assert edges[0][0] >= -1e-6
    assert edges[-1][1] <= 100 + 1e-6
    assert all(below[1] <= above[0] + 1e-6 for below, above in pairwise(edges))


def test_labels_with_room_stay_where_they_are_wanted() -> None:
    assert spread([10, 50], [5, 5], 0, 100) == [10, 50]
    assert spread([10, 11], [4, 4], 0, 100) == [10, 14]
    assert spread([99, 100], [4, 4], 0, 100) == [94, 98]


@pytest.mark.parametrize(
    ("horizon", "ticks"),
    [
        (0, [0]),
        (6, [0, 1, 2, 3, 4, 5, 6]),
        (12, [0, 2, 4, 6, 8, 10, 12]),
        (36, [0, 6, 12, 18, 24, 30, 36]),
        (37, [0, 6, 12, 18, 24, 30, 36]),
        (120, [0, 24, 48, 72, 96, 120]),
    ],
)
def test_months_have_few_ticks(horizon: int, ticks: list[int]) -> None:
    assert month_ticks(horizon) == ticks


def test_months_are_named_by_the_calendar_where_it_is_known() -> None:
    assert calendar((2026, 11), 0) == "2026-11"
    assert calendar((2026, 11), 2) == "2027-01"
    assert calendar((2026, 12), 12) == "2027-12"
    assert month_named((2026, 1), 17) == "month 17 (2027-06)"
    assert month_named(None, 17) == "month 17"


def test_texts_are_cut_in_the_middle_and_kept_whole_at_hyphens() -> None:
    assert elided("aws_subnet.private[0]", 21) == "aws_subnet.private[0]"
    assert elided("aws_subnet.private[0]", 11) == "aws_s…te[0]"
    assert wrapped("lost with us-east-1a", 14, 2) == "lost with\nus-east-1a"
    assert wrapped("one two three four", 8, 2) == "one two\nthree …"
    assert shown("a\x1b[31m\ud800\uffff") == "a\\x1b[31m\\ud800\\uffff"


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".png", ".html", ".SVG"])
def test_the_same_input_gives_the_same_file(tmp_path: Path, suffix: str) -> None:
    contents = []
    for name, width in (("one", 1.5), ("two", 9.0)):
        with mpl.rc_context(
            {"lines.linewidth": width, "savefig.transparent": width > 2, "svg.fonttype": "path"}
        ):
            write_chart(SCENES["full in time"], tmp_path / f"{name}{suffix}", START)
            # whoever draws with matplotlib, too, keeps the settings
            assert mpl.rcParams["lines.linewidth"] == width
        contents.append((tmp_path / f"{name}{suffix}").read_bytes())
    assert contents[0] == contents[1]
    assert contents[0] != b""


def test_a_png_is_one_and_says_what_it_shows(tmp_path: Path) -> None:
    write_chart(SCENES["full in time"], tmp_path / "chart.png", START)
    with Image.open(tmp_path / "chart.png") as image:
        assert (image.format, image.width) == ("PNG", 1650)
        assert image.info["Description"] == f"{SENTENCE}."


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    for name in ("chart.pdf", "chart", ".svg"):
        with pytest.raises(ChartError, match=r"ends in none of \.svg, \.png, \.html$"):
            write_chart(SCENES["no growth"], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cant_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=r"chart\.svg can't be written: No such file or directory$"):
        write_chart(SCENES["no growth"], tmp_path / "nowhere" / "chart.svg")


def test_without_matplotlib_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ChartError, match=r"^matplotlib draws it; install sagemaker-netlint\[chart\]$"):
        write_chart(SCENES["no growth"], tmp_path / "chart.svg")


def test_matplotlib_is_imported_only_to_draw() -> None:
    code = (
        "import sys, pkgutil, importlib, sagemaker_netlint.report as r\n"
        "names = [m.name for m in pkgutil.iter_modules(r.__path__) if 'chart' in m.name]\n"
        "for name in names: importlib.import_module(f'sagemaker_netlint.report.{name}')\n"
        "assert len(names) == 5, names\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'matplotlib', 'numpy', 'PIL'}])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


# -- names are not to be trusted -------------------------------------------------------------------

EVIL = '</text></svg><script>alert("x")</script> $a^2$ & \u5b50 \ud800'


class _Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        names = {"src", "href", "xlink:href", "action", "data"}
        self.links += [value or "" for name, value in attrs if name in names or name.startswith("on")]


def test_names_are_text_in_every_format(tmp_path: Path) -> None:
    made = seed(name=EVIL)
    made[1] = replace(made[1], address=EVIL)
    analyses = [replace(analysis, source=EVIL, when=EVIL) for analysis in reckoned(made)]
    said = texts(svg(analyses, tmp_path))
    escaped = EVIL.replace("\ud800", "\\ud800")
    titles = [text for text in said if text.endswith(": IPv4 addresses needed and usable")]
    assert [title[:20] for title in titles] == [escaped[:20]]
    write_chart(analyses, tmp_path / "chart.png", START)
    write_chart(analyses, tmp_path / "chart.html", START)
    page = (tmp_path / "chart.html").read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(page)
    assert "script" not in tags.tags
    assert {"svg", "table", "text", "title"} <= tags.tags
    assert f'<td class="text">{EVIL[:6].replace("<", "&lt;").replace(">", "&gt;")}' in page
    assert escaped in unescape(page)


def test_the_page_loads_nothing(tmp_path: Path) -> None:
    write_chart(SCENES["two estates"], tmp_path / "chart.html", START)
    page = (tmp_path / "chart.html").read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(page)
    assert tags.links
    assert all(link.startswith("#") for link in tags.links)
    assert set(re.findall(r"https?://[^\s\"'<>]+", page)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert re.findall(r"url\((?!#)", page) == []
    assert "@import" not in page
    assert page.count("<svg") == page.count("</svg>") == 2


def test_the_page_has_the_numbers_in_tables(tmp_path: Path) -> None:
    write_chart(SCENES["full in time"], tmp_path / "chart.html", START)
    page = (tmp_path / "chart.html").read_text(encoding="utf-8")
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)", row) for row in re.findall(r"<tr>.*?</tr>", page)]
    zone = "needed when zone us-east-1a is lost"
    assert rows[0] == ["month", "domain", "users", "needed", "usable", zone, "usable then"]
    assert rows[1] == ["0 (2026-11)", "33", "500", "533", "753", "522", "502"]
    assert rows[37] == ["36 (2029-11)", "33", "1,100", "1,133", "753", "1,122", "502"]
    assert rows[38] == ["subnet", "CIDR", "zone", "usable", "fixed", "balanced", "full"]
    assert rows[39] == ["Private0", "10.0.0.0/24", "us-east-1a", "251", "11", "378", "2028-04"]
    assert len(rows) == 42


# -- the commands, and the picture in the documentation --------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main(arguments)
    assert isinstance(end.value.code, int)
    return end.value.code, err.getvalue()


def test_a_plan_can_be_drawn(tmp_path: Path) -> None:
    chart = tmp_path / "plan.svg"
    plan = ("capacity", "plan", "--vpc-cidr", "10.0.0.0/16", "--policy", "baseline", "--chart")
    assert run(*plan, str(chart)) == (0, "")
    assert "the plan · 3 subnets" in texts(chart.read_text(encoding="utf-8"))
    code, said = run(*plan, "plan.pdf")
    assert code == 2
    assert "--chart: plan.pdf ends in none of .svg, .png, .html" in said


def test_the_pictures_in_the_documentation_are_those_that_the_command_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("SAGEMAKER_NETLINT_POLICY", raising=False)
    text = (ROOT / "docs" / "capacity-chart.md").read_text(encoding="utf-8")
    command = next(line for line in text.splitlines() if line.startswith("sagemaker-netlint capacity "))
    arguments = command.split()[1:]
    assert arguments[-2:] == ["--chart", "docs/images/capacity.svg"]
    for suffix in ("svg", "png"):
        assert run(*arguments[:-1], str(tmp_path / f"capacity.{suffix}"))[0] in {0, 1}
    stale = f"stale; run: {command} (and with .png)"
    stored = (ROOT / "docs/images/capacity.svg").read_text(encoding="utf-8")
    # text by text, since another version of matplotlib may draw a line otherwise
    assert texts(stored) == texts((tmp_path / "capacity.svg").read_text(encoding="utf-8")), stale
    with Image.open(ROOT / "docs/images/capacity.png") as old, Image.open(tmp_path / "capacity.png") as new:
        assert (old.width, old.info["Description"]) == (new.width, new.info["Description"]), stale
