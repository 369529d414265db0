"""What security groups let through: by group, by range, by ports, and what nobody knows."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import IPv4Network, ip_network
from typing import Any

import pytest
from components import deploy, make
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.security import (
    ANYWHERE,
    ESP,
    EVERYTHING,
    HTTPS,
    IKE,
    NFS,
    STUDIO_APPS,
    Direction,
    Party,
    Traffic,
    lets_through,
    listed,
)
from sagemaker_netlint.network.topology import SecurityGroup, SecurityGroupRule, UnreadPart, Vpc, VpcEndpoint
from sagemaker_netlint.network.values import Unknown

DOUBT = Unknown("parameter P has no default")
NET = ip_network("10.0.0.0/24")
STUDIO = Party("`studio`", ("studio",), (NET,))
WEB: dict[str, Any] = {"protocol": "tcp", "from_port": 443, "to_port": 443}


def rule(name: str = "r", **values: Any) -> SecurityGroupRule:
    """Make a rule that admits all TCP, unless its values say otherwise."""
    return make(SecurityGroupRule, name, **{"protocol": "tcp", "from_port": 0, "to_port": 65535, **values})


def group(name: str, *ingress: SecurityGroupRule | Unknown, **values: Any) -> SecurityGroup:
    """Make a group with inbound rules."""
    return make(SecurityGroup, name, inline_ingress=ingress, **values)


def admits(
    *rules: SecurityGroupRule | Unknown,
    traffic: Traffic = HTTPS,
    party: Party = STUDIO,
    by_group: bool = False,
    others: tuple[Declared, ...] = (),
) -> bool | Unknown:
    """Ask the group `g` with the rules whether it admits the traffic from the party."""
    deployment = deploy(group("g", *rules), make(SecurityGroup, "studio", names=("sg-1",)), *others)
    return lets_through(deployment, ("g",), "ingress", traffic, party, by_group=by_group).exists


def reason(answer: bool | Unknown) -> str:  # noqa: FBT001 - the answer itself
    assert isinstance(answer, Unknown), answer
    return answer.reason


# -- who ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peers", "expected"),
    [
        (("studio",), True),
        (("sg-1",), True),  # by another of its names
        (("other", "studio"), True),
        (("other",), False),
        ((), False),
        (None, False),
    ],
)
def test_by_group(peers: tuple[str, ...] | None, expected: bool) -> None:  # noqa: FBT001
    assert admits(rule(peers=peers)) is expected


def test_itself() -> None:
    itself = Party("itself", ("g",), (NET,))
    assert admits(rule(self_reference=True), party=itself) is True
    assert admits(rule(peers=("g",)), party=itself) is True
    # the rule names the group that it belongs to, and nobody else
    assert admits(rule(self_reference=True)) is False
    assert admits(rule(self_reference=False), party=itself) is False
    assert reason(admits(rule(self_reference=DOUBT), party=itself)).endswith("P has no default")
    assert admits(rule(self_reference=DOUBT)) is False


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["10.0.0.0/24"], True),
        (["10.0.0.0/16"], True),
        (["0.0.0.0/0"], True),
        (["10.0.0.0/25"], False),
        (["10.0.0.0/25", "10.0.0.128/25"], True),
        (["10.0.0.0/25", "10.0.0.128/26"], False),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["10.0.1.0/24"], False),
        (["::/0"], False),
        ([], False),
    ],
)
def test_by_range(sources: list[str], expected: bool) -> None:  # noqa: FBT001
    ranges = tuple(map(ip_network, sources))
    assert admits(rule(sources=ranges)) is expected
    # the same in rules of their own
    assert admits(*(rule(sources=(one,)) for one in ranges)) is expected


def test_every_range_must_be_covered() -> None:
    party = Party("both", (), (NET, ip_network("10.0.1.0/24")))
    assert admits(rule(sources=(NET,)), party=party) is False
    assert admits(rule(sources=(ip_network("10.0.0.0/23"),)), party=party) is True


def test_ranges_of_ipv6() -> None:
    party = Party("six", (), (ip_network("2001:db8::/64"),))
    assert admits(rule(sources=(ip_network("2001:db8::/56"),)), party=party) is True
    assert admits(rule(sources=(ANYWHERE,)), party=party) is False


def test_an_address_of_which_nothing_is_known() -> None:
    for party in (Party("them"), Party("them", (), (DOUBT,))):
        assert admits(rule(sources=(ANYWHERE,)), party=party) is True
        assert admits(rule(sources=(ip_network("0.0.0.0/1"), ip_network("128.0.0.0/1"))), party=party) is True
        assert admits(rule(sources=(ip_network("::/0"),)), party=party) is False
        assert isinstance(admits(rule(sources=(NET,)), party=party), Unknown)
    assert reason(admits(rule(sources=(NET,)), party=Party("them", (), (DOUBT,)))) == (
        "whether `g` admits TCP 443 from them is not known: parameter P has no default"
    )
    # by the group it doesn't matter where the interface lies
    assert admits(rule(peers=("studio",)), party=Party("them", ("studio",), (DOUBT,))) is True


def test_an_efa_takes_no_range() -> None:
    itself = Party("itself", ("g",), (NET,))
    assert (
        admits(rule(protocol="-1", sources=(ANYWHERE,)), traffic=EVERYTHING, party=itself, by_group=True)
        is False
    )
    assert admits(rule(protocol="-1", peers=("g",)), traffic=EVERYTHING, party=itself, by_group=True) is True
    doubtful = rule(protocol="-1", sources=DOUBT)
    assert admits(doubtful, traffic=EVERYTHING, party=itself, by_group=True) is False


# -- what --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([(8192, 65535)], True),
        ([(0, 65535)], True),
        ([(-1, -1)], True),
        ([(None, None)], True),
        ([(8192, 40000), (40001, 65535)], True),
        ([(40001, 65535), (8192, 40000)], True),
        ([(8192, 50000), (40000, 65535)], True),
        ([(8192, 40000), (40002, 65535)], False),
        ([(8193, 65535)], False),
        ([(8192, 65534)], False),
        ([(443, 443)], False),
        ([], False),
    ],
)
def test_ports_of_several_rules_join(ports: list[Any], expected: bool) -> None:  # noqa: FBT001
    rules = [rule(peers=("studio",), from_port=low, to_port=high) for low, high in ports]
    assert admits(*rules, traffic=STUDIO_APPS) is expected


def test_ports_and_ranges_join_in_any_cut() -> None:
    low, high = ip_network("10.0.0.0/25"), ip_network("10.0.0.128/25")
    cut = [
        rule(sources=(low,), from_port=8192, to_port=20000),
        rule(sources=(low,), from_port=20001, to_port=65535),
        rule(sources=(high,), from_port=0, to_port=65535),
    ]
    assert admits(*cut, traffic=STUDIO_APPS) is True
    assert admits(*cut[:2], traffic=STUDIO_APPS) is False
    assert admits(cut[0], cut[2], traffic=STUDIO_APPS) is False


@pytest.mark.parametrize(
    ("traffic", "protocol", "expected"),
    [
        (HTTPS, "-1", True),
        (HTTPS, None, True),
        (HTTPS, "tcp", True),
        (HTTPS, "udp", False),
        (HTTPS, "icmp", False),
        (IKE, "udp", True),
        (IKE, "tcp", False),
        (ESP, "50", True),
        (ESP, "51", False),
        (ESP, "-1", True),
        (EVERYTHING, "-1", True),
        (EVERYTHING, "tcp", False),
    ],
)
def test_protocols(traffic: Traffic, protocol: str | None, expected: bool) -> None:  # noqa: FBT001
    assert admits(rule(peers=("studio",), protocol=protocol), traffic=traffic) is expected


def test_traffic_for_people() -> None:
    assert [str(t) for t in (HTTPS, STUDIO_APPS, ESP, EVERYTHING, Traffic("51"))] == [
        "TCP 443", "TCP 8192-65535", "ESP (protocol 50)", "all traffic", "protocol 51",
    ]  # fmt: skip


# -- which rules -------------------------------------------------------------------------------------


def test_several_groups_let_through_together() -> None:
    low = group("low", rule(peers=("studio",), from_port=8192, to_port=40000))
    high = group("high", rule(peers=("studio",), from_port=40001, to_port=65535))
    deployment = deploy(low, high, make(SecurityGroup, "studio"))
    for groups in (("low", "high"), ("high", "low")):
        assert lets_through(deployment, groups, "ingress", STUDIO_APPS, STUDIO).exists is True
    assert lets_through(deployment, ("low",), "ingress", STUDIO_APPS, STUDIO).exists is False


def test_what_is_known_of_one_group_and_not_of_the_other_may_add_up() -> None:
    low = group("low", rule(peers=("studio",), from_port=8192, to_port=40000))
    high = group("high", rule(peers=("studio",), from_port=40001, to_port=DOUBT))
    deployment = deploy(low, high, make(SecurityGroup, "studio"))
    assert isinstance(
        lets_through(deployment, ("low", "high"), "ingress", STUDIO_APPS, STUDIO).exists, Unknown
    )


def test_the_chain_names_the_group_that_lets_through() -> None:
    deployment = deploy(
        group("closed"), group("open", rule(peers=("studio",))), make(SecurityGroup, "studio")
    )
    way = lets_through(deployment, ("closed", "open"), "ingress", HTTPS, STUDIO)
    assert [(c.address, text) for c, text in way.chain] == [("open", "admits TCP 443 from `studio`")]


def test_the_chain_says_what_to_add() -> None:
    deployment = deploy(group("closed"), make(SecurityGroup, "studio"))
    way = lets_through(deployment, ("closed",), "ingress", HTTPS, STUDIO)
    assert [(c.address, text) for c, text in way.chain] == [
        ("closed", "has no ingress rule that admits TCP 443 from `studio`")
    ]
    assert way.fix == "add an ingress rule to `closed` for TCP 443 from `studio`"


def test_rules_that_are_resources_of_their_own() -> None:
    own = rule(group="g", direction="ingress", peers=("studio",))
    assert admits(others=(own,)) is True
    assert admits(others=(replace(own, direction="egress"),)) is False
    assert admits(others=(replace(own, group="other"),)) is False
    assert isinstance(admits(others=(replace(own, direction=DOUBT),)), Unknown)


def egress(*components: Declared, language: Language = Language.CLOUDFORMATION) -> bool | Unknown:
    deployment = Deployment(language, "net", components)
    return lets_through(deployment, ("g",), "egress", NFS, Party("them", (), (NET,))).exists


def test_the_egress_that_a_new_group_has() -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html."""
    kept = make(SecurityGroup, "g", keeps_default_egress=True)
    web = rule(**WEB, sources=(ANYWHERE,))
    assert egress(kept) is True
    assert egress(replace(kept, inline_egress=())) is True
    assert egress(replace(kept, inline_egress=(web,))) is False
    assert isinstance(egress(replace(kept, inline_egress=DOUBT)), Unknown)
    # a rule that is a resource of its own is added to it
    assert egress(kept, replace(web, group="g", direction="egress")) is True
    # the aws provider removes it
    assert egress(make(SecurityGroup, "g")) is False


# -- what nobody knows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"peers": DOUBT},
        {"peers": (DOUBT,)},
        {"sources": DOUBT},
        {"sources": (DOUBT,)},
        {"peers": ("studio",), "protocol": DOUBT},
        {"peers": ("studio",), "from_port": DOUBT},
        {"peers": ("studio",), "to_port": DOUBT},
        {"sources": (NET,), "to_port": DOUBT},
    ],
)
def test_an_unknown_part_that_matters(values: dict[str, Any]) -> None:
    assert reason(admits(rule(**values))) == (
        "whether `g` admits TCP 443 from `studio` is not known: parameter P has no default"
    )
    # nothing is left to know where another rule lets it through
    assert admits(rule(**values), rule(peers=("studio",))) is True


@pytest.mark.parametrize(
    "values",
    [
        {"peers": DOUBT, "protocol": "udp"},
        {"sources": DOUBT, "protocol": "icmp"},
        {"peers": DOUBT, "from_port": 80, "to_port": 80},
        {"peers": ("other",), "protocol": DOUBT},
        {"sources": (ip_network("10.9.0.0/16"),), "from_port": DOUBT},
        {"sources": (ip_network("::/0"),), "to_port": DOUBT},
    ],
)
def test_an_unknown_part_that_does_not_matter(values: dict[str, Any]) -> None:
    assert admits(rule(**values)) is False


def test_an_unknown_part_of_the_party() -> None:
    somebody = Party("them", (DOUBT,), (NET,))
    assert isinstance(admits(rule(peers=("other",)), party=somebody), Unknown)
    assert isinstance(admits(rule(self_reference=True), party=somebody), Unknown)
    assert admits(rule(sources=(NET,)), party=somebody) is True
    assert admits(rule(sources=(ip_network("10.9.0.0/16"),)), party=somebody) is False
    # without groups nobody is named by one
    assert admits(rule(peers=DOUBT), party=Party("them", (), (NET,))) is False


def test_a_rule_of_which_nothing_is_known() -> None:
    assert reason(admits(DOUBT)).endswith("P has no default")
    assert admits(DOUBT, rule(peers=("studio",))) is True


def test_the_reason_is_the_one_that_decides() -> None:
    other = Unknown("parameter Q has no default")
    answer = admits(rule(sources=other, protocol="udp"), rule(peers=("studio",), to_port=DOUBT))
    assert reason(answer).endswith("parameter P has no default")


def test_prefix_lists() -> None:
    assert reason(admits(rule("allow", prefix_lists=("pl-1",)))).endswith(
        "`allow` names a prefix list, and what it holds is not declared here"
    )
    assert isinstance(admits(rule(prefix_lists=DOUBT)), Unknown)
    assert admits(rule(prefix_lists=("pl-1",), protocol="udp")) is False
    assert admits(rule(prefix_lists=())) is False
    # that of a gateway endpoint has the public addresses of its service, and none of a VPC
    gateway = make(VpcEndpoint, "s3")
    assert admits(rule(prefix_lists=("s3/prefix_list_id",)), others=(gateway,)) is False


def test_groups_that_are_not_in_sight() -> None:
    deployment = deploy(group("g"), group("open", rule(peers=("studio",))), make(SecurityGroup, "studio"))

    def ask(*groups: str | Unknown) -> bool | Unknown:
        return lets_through(deployment, groups, "ingress", HTTPS, STUDIO).exists

    assert reason(ask()) == "no security group is named"
    assert reason(ask(DOUBT)) == "a security group is not known: parameter P has no default"
    assert reason(ask("sg-0a")) == "a security group is not known: security group sg-0a is not declared here"
    assert isinstance(ask("g", DOUBT), Unknown)
    assert ask("open", DOUBT) is True


def test_a_part_that_was_not_read_may_add_rules() -> None:
    part = make(UnreadPart, "m", reason="it is not on disk", given=("g",))
    assert reason(admits(others=(part,))).startswith("a rule of `g` may not be in sight: `m`")
    assert admits(rule(peers=("studio",)), others=(part,)) is True
    assert admits(others=(replace(part, given=("other",)),)) is False


def test_a_rule_whose_group_is_not_known_may_belong_to_it() -> None:
    """In a template the group is a parameter, which is no group of the template."""
    own = rule("loose", group=DOUBT, direction="ingress", peers=("studio",))
    components = (group("g"), make(SecurityGroup, "studio"), own)
    terraform = Deployment(Language.TERRAFORM, "net", components)
    answer = lets_through(terraform, ("g",), "ingress", HTTPS, STUDIO).exists
    assert reason(answer).endswith("`loose` may belong to it: parameter P has no default")
    assert lets_through(terraform, ("g",), "ingress", IKE, STUDIO).exists is False
    assert lets_through(terraform, ("g",), "egress", HTTPS, STUDIO).exists is False
    assert admits(others=(own,)) is False


def test_references_as_a_list() -> None:
    assert listed(None) == ()
    assert listed(DOUBT) == (DOUBT,)
    assert listed(("a", DOUBT)) == ("a", DOUBT)


# -- properties --------------------------------------------------------------------------------------

SOURCES = tuple(
    map(
        ip_network, ("10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/25", "10.0.0.128/25", "10.0.0.64/26", "0.0.0.0/0")
    )
)
PORTS = (0, 1, 442, 443, 444, 8192, 20000, 20001, 65535)
unsure = st.just(DOUBT)
ports = st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)).map(sorted)
whom = st.one_of(
    st.fixed_dictionaries(
        {"peers": st.lists(st.sampled_from(["studio", "other", "g"]), max_size=2).map(tuple)}
    ),
    st.fixed_dictionaries({"sources": st.lists(st.sampled_from(SOURCES), max_size=2).map(tuple)}),
    st.fixed_dictionaries({"self_reference": st.booleans()}),
)


@st.composite
def rules(draw: st.DrawFn) -> SecurityGroupRule:
    low, high = draw(ports)
    values = {"protocol": draw(st.sampled_from(["tcp", "udp", "-1"])), "from_port": low, "to_port": high}
    return make(SecurityGroupRule, "r", **values, **draw(whom))


@st.composite
def doubtful_rules(draw: st.DrawFn) -> SecurityGroupRule:
    """Make a rule of which a part or two aren't known."""
    drawn = draw(rules())
    fields = draw(
        st.sets(st.sampled_from(["protocol", "from_port", "to_port", "sources", "peers"]), max_size=2)
    )
    unknown: dict[str, Any] = dict.fromkeys(fields, DOUBT)
    return replace(drawn, **unknown)


parties = st.builds(
    Party,
    st.just("them"),
    st.sampled_from([(), ("studio",), ("g",), ("g", "studio")]),
    st.sampled_from([(NET,), (NET, ip_network("10.0.1.0/24")), (ip_network("10.0.0.128/25"),)]),
)
asked = st.sampled_from([HTTPS, STUDIO_APPS, Traffic("tcp", 440, 450), IKE])


def by_enumeration(given_rules: list[SecurityGroupRule], traffic: Traffic, party: Party) -> bool:
    """Ask for each port at the edges, and each address at the edges, whether any rule lets it through."""
    numbers = {traffic.from_port, traffic.to_port}
    edges = {edge + step for edge in PORTS for step in (-1, 0, 1)}
    numbers |= {edge for edge in edges if traffic.from_port <= edge <= traffic.to_port}
    for wanted in party.ranges:
        assert isinstance(wanted, IPv4Network)
        cuts = {int(wanted[0]), int(wanted[-1])}
        cuts |= {int(s[i]) + step for s in SOURCES for i in (0, -1) for step in (-1, 0, 1)}
        addresses = [cut for cut in cuts if int(wanted[0]) <= cut <= int(wanted[-1])]
        for address in addresses:
            for number in numbers:
                if not any(_lets(r, traffic.protocol, number, address, party) for r in given_rules):
                    return False
    return True


def _lets(one: SecurityGroupRule, protocol: str, port: int, address: int, party: Party) -> bool:
    if one.protocol not in {"-1", protocol}:
        return False
    assert isinstance(one.from_port, int)
    assert isinstance(one.to_port, int)
    if one.protocol != "-1" and not one.from_port <= port <= one.to_port:
        return False
    named = set(listed(one.peers)) & set(party.groups)
    itself = one.self_reference is True and "g" in party.groups
    sources = one.sources if isinstance(one.sources, tuple) else ()
    inside = any(int(s[0]) <= address <= int(s[-1]) for s in sources if isinstance(s, IPv4Network))
    return bool(named) or itself or inside


@given(st.lists(rules(), max_size=6), asked, parties)
def test_it_agrees_with_asking_for_each_port_and_address(
    given_rules: list[SecurityGroupRule], traffic: Traffic, party: Party
) -> None:
    assert admits(*given_rules, traffic=traffic, party=party) is by_enumeration(given_rules, traffic, party)


def rank(answer: bool | Unknown) -> int:  # noqa: FBT001 - the answer itself
    return 1 if isinstance(answer, Unknown) else 2 * answer


@given(st.lists(doubtful_rules(), max_size=5), doubtful_rules(), asked, parties)
def test_a_rule_more_never_closes_a_group(
    given_rules: list[SecurityGroupRule], more: SecurityGroupRule, traffic: Traffic, party: Party
) -> None:
    before = rank(admits(*given_rules, traffic=traffic, party=party))
    assert rank(admits(*given_rules, more, traffic=traffic, party=party)) >= before


@given(st.lists(rules(), min_size=1, max_size=5), st.data(), asked, parties)
def test_a_wider_rule_never_closes_a_group(
    given_rules: list[SecurityGroupRule], data: st.DataObject, traffic: Traffic, party: Party
) -> None:
    before = rank(admits(*given_rules, traffic=traffic, party=party))
    at = data.draw(st.integers(0, len(given_rules) - 1))
    old = given_rules[at]
    assert isinstance(old.from_port, int)
    assert isinstance(old.to_port, int)
    wider: list[dict[str, Any]] = [
        {"protocol": "-1"},
        {"from_port": data.draw(st.integers(0, old.from_port))},
        {"to_port": data.draw(st.integers(old.to_port, 65535))},
        {"peers": (*listed(old.peers), "studio")},
        {"self_reference": True},
    ]
    if isinstance(old.sources, tuple):
        ranges = [s.supernet() if isinstance(s, IPv4Network) and s.prefixlen else s for s in old.sources]
        wider.append({"sources": (*ranges, NET)})
    given_rules[at] = replace(old, **data.draw(st.sampled_from(wider)))
    assert rank(admits(*given_rules, traffic=traffic, party=party)) >= before


@given(st.lists(doubtful_rules(), max_size=5), asked, parties, st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(
    given_rules: list[SecurityGroupRule], traffic: Traffic, party: Party, random: Any
) -> None:
    shuffled = list(given_rules)
    random.shuffle(shuffled)
    first = admits(*given_rules, traffic=traffic, party=party)
    assert rank(admits(*shuffled, traffic=traffic, party=party)) == rank(first)


@given(st.lists(doubtful_rules(), max_size=4), asked, parties, st.data())
def test_what_becomes_known_is_among_what_was_possible(
    given_rules: list[SecurityGroupRule], traffic: Traffic, party: Party, data: st.DataObject
) -> None:
    """Whatever an unknown part turns out to be: a certain answer stays."""
    before = admits(*given_rules, traffic=traffic, party=party)
    if isinstance(before, Unknown):
        return
    settled = []
    for one in given_rules:
        choices: dict[str, Any] = {}
        if isinstance(one.protocol, Unknown):
            choices["protocol"] = data.draw(st.sampled_from(["tcp", "udp", "-1"]))
        for name in ("from_port", "to_port"):
            if isinstance(getattr(one, name), Unknown):
                choices[name] = data.draw(st.sampled_from(PORTS))
        if isinstance(one.sources, Unknown):
            choices["sources"] = (data.draw(st.sampled_from(SOURCES)),)
        if isinstance(one.peers, Unknown):
            choices["peers"] = (data.draw(st.sampled_from(["studio", "other", "g"])),)
        settled.append(replace(one, **choices))
    assert admits(*settled, traffic=traffic, party=party) is before


def test_a_large_deployment_is_asked_in_reasonable_time() -> None:
    """A thousand groups with five rules each, every pair of neighbours asked both ways."""
    directions: tuple[Direction, Direction] = ("ingress", "egress")
    components: list[Declared] = [make(SecurityGroup, f"g{i}") for i in range(1000)]
    components += [
        rule(f"r{i}-{j}", group=f"g{i}", direction=directions[j % 2], peers=(f"g{(i + j) % 1000}",))
        for i in range(1000)
        for j in range(5)
    ]
    deployment = deploy(*components)
    started = time.perf_counter()
    for i in range(1000):
        party = Party("next", (f"g{(i + 1) % 1000}",), (NET,))
        for direction in directions:
            lets_through(deployment, (f"g{i}",), direction, HTTPS, party)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("attribute", ["default_security_group_id", "DefaultSecurityGroup"])
def test_a_vpc_s_attribute_leads_to_the_default_group_that_is_declared(attribute: str) -> None:
    vpc = make(Vpc, "v")
    group = make(SecurityGroup, "d", vpc="v", is_default=True, inline_ingress=(rule(self_reference=True),))
    other = make(SecurityGroup, "o", vpc="v")
    reference = f"v/{attribute}"
    assert deploy(vpc, other, group).find(SecurityGroup, reference) is group
    way = lets_through(deploy(vpc, group), (reference,), "ingress", HTTPS, Party("it", (reference,), (NET,)))
    assert way.exists is True
    for parts in ((vpc, other), (vpc, replace(group, vpc="w")), (vpc, replace(group, vpc=DOUBT))):
        assert isinstance(deploy(*parts).find(SecurityGroup, reference), Unknown)
    assert isinstance(deploy(vpc, group).find(Vpc, reference), Unknown)
