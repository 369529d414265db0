"""What network ACLs drop: by number, range, ports, and which subnets they are for."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Any

import pytest
from components import deploy, make
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_netlint.network.acls import LINUX_CLIENT, acl_of, passes
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import ANYWHERE, EVERYTHING, HTTPS, NFS, Direction, Traffic
from sagemaker_netlint.network.topology import (
    Network,
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
    Subnet,
    UnreadPart,
    Vpc,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way

DOUBT = Unknown("parameter P has no default")
NET = IPv4Network("10.0.0.0/24")
LOW, HIGH = NET.subnets()
VPC = make(Vpc, "v")
SUBNET = make(Subnet, "s", vpc="v")
OTHER = make(Subnet, "o", vpc="v")


def entry(number: Any = 100, action: Any = "allow", **values: Any) -> NetworkAclEntry:
    """Make an inbound entry for all of TCP, unless its values say otherwise."""
    return make(
        NetworkAclEntry,
        f"e{number}",
        number=number,
        action=action,
        **{"protocol": "tcp", "cidr": NET, **values},
    )


def https(number: Any = 100, action: Any = "allow", **values: Any) -> NetworkAclEntry:
    return entry(number, action, **{"from_port": 443, "to_port": 443, **values})


def asked(
    *entries: NetworkAclEntry | Unknown,
    traffic: Traffic = HTTPS,
    others: tuple[Network | Unknown, ...] = (NET,),
    somewhere: bool = False,
    parts: tuple[Declared, ...] = (),
) -> Way:
    """Ask the ACL with the inbound entries, which is for the subnet `s`."""
    acl = make(NetworkAcl, "acl", vpc="v", subnets=("s",), inline_ingress=entries)
    deployment = deploy(VPC, SUBNET, acl, *parts)
    return passes(deployment, SUBNET, "ingress", traffic, others, somewhere=somewhere)


def lets(*entries: NetworkAclEntry | Unknown, **values: Any) -> bool | Unknown:
    return asked(*entries, **values).exists


# -- entries -----------------------------------------------------------------------------------------


def test_nothing_passes_without_an_entry() -> None:
    assert lets() is False
    assert lets(entry()) is True
    assert lets(https()) is True


def test_the_first_match_decides() -> None:
    assert lets(https(100), entry(200, "deny")) is True
    assert lets(https(200), entry(100, "deny")) is False
    # whatever the order in which they are written
    assert lets(entry(200, "deny"), https(100)) is True
    assert lets(entry(100, "deny"), https(200)) is False


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"cidr": ANYWHERE}, True),
        ({"cidr": NET}, True),
        ({"cidr": LOW}, False),
        ({"cidr": ip_network("10.0.1.0/24")}, False),
        ({"cidr": None, "ipv6_cidr": ip_network("::/0")}, False),
        ({"protocol": "-1"}, True),
        ({"protocol": None}, True),
        ({"protocol": "-1", "from_port": 80, "to_port": 80}, True),  # ports belong to TCP and UDP
        ({"protocol": "udp"}, False),
        ({"from_port": 443, "to_port": 443}, True),
        ({"from_port": 0, "to_port": 65535}, True),
        ({"from_port": 0, "to_port": 442}, False),
        ({"from_port": 0, "to_port": 0}, False),
        ({"action": None}, False),
    ],
)
def test_one_entry(values: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert lets(entry(**values)) is expected


def test_an_entry_for_ipv6_denies_nothing_of_ours() -> None:
    six = entry(50, "deny", cidr=None, ipv6_cidr=ip_network("::/0"))
    assert lets(six, https()) is True
    assert lets(https(), others=(ip_network("2001:db8::/64"),)) is True
    assert lets(https(), others=(ip_network("2001:db8::/64"), ip_network("10.1.0.0/24"))) is False


def test_parts_of_a_range() -> None:
    assert lets(https(100, cidr=LOW), https(110, cidr=HIGH)) is True
    assert lets(https(100, cidr=LOW)) is False
    assert lets(https(90, "deny", cidr=LOW), https(100)) is False
    assert lets(https(90, "deny", cidr=LOW), https(100), others=(HIGH,)) is True
    assert lets(https(100), others=(NET, ip_network("10.0.1.0/24"))) is False


def test_parts_of_the_ports() -> None:
    low, high = {"from_port": 32768, "to_port": 40000}, {"from_port": 40001, "to_port": 65535}
    assert lets(entry(100, **low), entry(110, **high), traffic=LINUX_CLIENT) is True
    assert lets(entry(100, **low), traffic=LINUX_CLIENT) is False
    assert lets(entry(90, "deny", from_port=50000, to_port=50000), entry(100), traffic=LINUX_CLIENT) is False
    # AWS's examples open 1024-65535, or 32768-65535 where a NAT gateway is not behind it
    assert lets(entry(100, from_port=1024, to_port=65535), traffic=LINUX_CLIENT) is True
    assert lets(entry(100, from_port=49152, to_port=65535), traffic=LINUX_CLIENT) is False


def test_all_protocols_at_once() -> None:
    assert lets(entry(protocol="-1"), traffic=EVERYTHING) is True
    assert lets(entry(protocol="tcp"), traffic=EVERYTHING) is False
    assert lets(entry(90, "deny", protocol="udp"), entry(protocol="-1"), traffic=EVERYTHING) is False


def test_directions() -> None:
    acl = make(NetworkAcl, "acl", vpc="v", subnets=("s",), inline_egress=(https(),))
    deployment = deploy(VPC, SUBNET, acl)
    assert passes(deployment, SUBNET, "egress", HTTPS, (NET,)).exists is True
    assert passes(deployment, SUBNET, "ingress", HTTPS, (NET,)).exists is False


def test_entries_that_are_resources_of_their_own() -> None:
    own = https(acl="acl")
    assert lets(parts=(own,)) is True
    assert lets(parts=(replace(own, egress=False),)) is True
    assert lets(parts=(replace(own, egress=True),)) is False
    assert lets(parts=(replace(own, acl="other"),)) is False
    assert isinstance(lets(parts=(replace(own, egress=DOUBT),)), Unknown)
    assert lets(entry(200, "deny"), parts=(own,)) is True


# -- what is said of it ------------------------------------------------------------------------------


def said(way: Way) -> list[tuple[str, str]]:
    return [(component.address, text) for component, text in way.chain]


def test_the_chain_leads_to_the_entry() -> None:
    assert said(asked(https())) == [("s", "uses `acl`"), ("acl", "lets TCP 443 through")]
    assert said(asked(https(90, "deny", cidr=HIGH), https(100)))[1] == (
        "acl",
        "drops ingress TCP 443 from 10.0.0.128/25: entry 90 denies it",
    )
    assert said(asked())[1] == ("acl", "drops ingress TCP 443 from 10.0.0.0/24: no entry allows it")
    part = asked(entry(from_port=32768, to_port=50000), traffic=LINUX_CLIENT)
    assert said(part)[1] == ("acl", "drops ingress TCP 50001-60999 from 10.0.0.0/24: no entry allows it")


@pytest.mark.parametrize(
    ("entries", "fix"),
    [
        ([], "add entry 100 to `acl`"),
        ([https(100, cidr=LOW)], "add entry 110 to `acl`"),
        ([https(100, "deny")], "add entry 99 to `acl`"),
        ([https(100, "deny"), entry(99, protocol="udp")], "add entry 98 to `acl`"),
        # before the first of all that deny a part of it
        ([https(120, "deny", cidr=HIGH), https(50, "deny", cidr=LOW), https(200)], "add entry 49 to `acl`"),
        ([https(1, "deny")], "renumber entry 1 of `acl`, and put before it one"),
        ([https(32766, "allow", cidr=LOW)], "add entry 32765 to `acl`"),
    ],
)
def test_the_fix_is_an_entry_with_a_free_number(entries: list[NetworkAclEntry], fix: str) -> None:
    assert asked(*entries).fix == f"{fix}: ingress, allow TCP 443 from 10.0.0.0/24"


# -- what nobody knows -------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["number", "action", "protocol", "cidr", "from_port", "to_port"])
def test_an_unknown_part_that_matters(field: str) -> None:
    unknown: dict[str, Any] = {field: DOUBT}
    answer = lets(replace(https(100), **unknown), entry(200, "deny"))
    assert answer == Unknown(
        "whether `acl` lets TCP 443 ingress through is not known: parameter P has no default"
    )
    # an entry that may come first, or match, allows what the next one allows anyway
    if field != "action":
        assert lets(replace(https(100), **unknown), entry(200)) is True


def test_an_unknown_part_that_does_not_matter() -> None:
    assert lets(https(100), entry(200, DOUBT)) is True
    assert lets(https(100), entry(200, "deny", cidr=DOUBT)) is True
    assert lets(entry(90, DOUBT, protocol="udp"), https(100)) is True
    assert lets(entry(90, "deny", cidr=ip_network("10.9.0.0/16"), from_port=DOUBT), https(100)) is True
    assert lets(entry(90, "deny", cidr=DOUBT, from_port=80, to_port=80), https(100)) is True
    assert lets(https(90, "deny", cidr=DOUBT)) is False
    assert isinstance(lets(https(100), https(90, "deny", cidr=DOUBT)), Unknown)


def test_an_entry_of_unknown_number() -> None:
    # the only one: whichever its number is
    assert lets(https(DOUBT)) is True
    assert lets(https(None)) is True
    assert lets(https(DOUBT, "deny")) is False
    assert isinstance(lets(https(DOUBT, "deny"), https(100)), Unknown)
    assert isinstance(lets(https(DOUBT), https(100, "deny")), Unknown)


def test_an_entry_of_which_nothing_is_known() -> None:
    assert isinstance(lets(DOUBT), Unknown)
    assert isinstance(lets(DOUBT, https(100)), Unknown)
    acl = make(NetworkAcl, "acl", vpc="v", subnets=("s",), inline_ingress=DOUBT)
    assert isinstance(passes(deploy(VPC, SUBNET, acl), SUBNET, "ingress", HTTPS, (NET,)).exists, Unknown)


def test_what_is_dropped_for_certain_decides() -> None:
    unsure = https(100, cidr=LOW, action=DOUBT)
    assert isinstance(lets(unsure, https(110, cidr=HIGH)), Unknown)
    assert lets(unsure) is False  # the upper half is dropped, whatever becomes of the lower


def test_an_address_of_which_nothing_is_known() -> None:
    for others in ((DOUBT,), ()):
        assert lets(entry(cidr=ANYWHERE), others=others) is True
        assert lets(others=others) is False
        assert lets(https(90, "deny", cidr=ANYWHERE), entry(cidr=ANYWHERE), others=others) is False
        assert isinstance(lets(entry(), others=others), Unknown)
    assert lets(entry(), others=(DOUBT,)) == Unknown(
        "whether `acl` lets TCP 443 ingress through is not known: parameter P has no default"
    )
    assert said(asked(others=(DOUBT,)))[1][1] == (
        "drops ingress TCP 443 from every address: no entry allows it"
    )


def test_an_address_somewhere_in_a_range() -> None:
    assert lets(https(), somewhere=True) is True
    assert isinstance(lets(https(cidr=LOW), somewhere=True), Unknown)
    assert lets(https(cidr=ip_network("10.9.0.0/16")), somewhere=True) is False
    two = (NET, ip_network("10.0.1.0/24"))
    assert isinstance(lets(https(), others=two, somewhere=True), Unknown)
    assert lets(others=two, somewhere=True) is False


def test_a_part_that_was_not_read_may_add_entries() -> None:
    part = make(UnreadPart, "m", reason="it is not on disk", given=("acl",))
    assert isinstance(lets(parts=(part,)), Unknown)
    assert lets(https(), parts=(part,)) is True
    assert lets(parts=(replace(part, given=("x",)),)) is False


# -- which ACL ---------------------------------------------------------------------------------------

ACL = make(NetworkAcl, "acl", vpc="v")


def of(*components: Declared, subnet: Subnet = SUBNET) -> Any:
    found = acl_of(deploy(VPC, SUBNET, OTHER, *components), subnet)
    return found.address if isinstance(found, NetworkAcl) else found


def test_the_three_spellings_of_an_association() -> None:
    assert of(ACL, make(NetworkAclAssociation, "a", acl="acl", subnet="s")) == "acl"
    assert of(replace(ACL, subnets=("s",))) == "acl"
    assert of(replace(ACL, is_default=True, subnets=("s",))) == "acl"
    # the other subnet has the VPC's default one
    assert of(replace(ACL, subnets=("s",)), subnet=OTHER) is None


def test_an_association_goes_before_the_default_one() -> None:
    default = make(NetworkAcl, "default", vpc="v", is_default=True)
    associated = replace(ACL, subnets=("s",))
    assert of(default, associated) == "acl"
    assert of(associated, default) == "acl"
    assert of(default, associated, subnet=OTHER) == "default"
    assert of(replace(default, vpc="w"), make(Vpc, "w")) is None


def test_the_default_one_lets_all_through() -> None:
    assert of() is None
    assert passes(deploy(VPC, SUBNET), SUBNET, "ingress", NFS, (NET,)).exists is True
    # taken into the code's hands without entries it lets nothing through
    default = make(NetworkAcl, "default", vpc="v", is_default=True)
    assert passes(deploy(VPC, SUBNET, default), SUBNET, "ingress", NFS, (NET,)).exists is False


def test_an_association_whose_acl_is_not_known() -> None:
    association = make(NetworkAclAssociation, "a", acl=DOUBT, subnet="s")
    assert of(association) is DOUBT
    way = passes(deploy(VPC, SUBNET, association), SUBNET, "ingress", HTTPS, (NET,))
    assert way.exists == Unknown("the network ACL of `s` is not known: parameter P has no default")


def test_an_association_whose_subnet_is_not_known() -> None:
    loose = make(NetworkAclAssociation, "a", acl="acl", subnet=DOUBT)
    assert of(ACL, loose) == Unknown("`acl` may be for it: parameter P has no default")
    assert of(replace(ACL, subnets=DOUBT)) == Unknown("`acl` may be for it: parameter P has no default")
    assert isinstance(of(replace(loose, acl=DOUBT)), Unknown)
    # what is known of the subnet itself decides
    assert of(ACL, loose, make(NetworkAclAssociation, "b", acl="acl", subnet="s")) == "acl"
    # and an ACL of another VPC is not for it
    assert of(make(Vpc, "w"), replace(ACL, vpc="w"), loose) is None


def test_a_subnet_whose_vpc_is_not_declared_here() -> None:
    assert of(subnet=make(Subnet, "x", vpc=DOUBT)) == Unknown(
        "no association is declared here, and its VPC is not: parameter P has no default"
    )
    assert isinstance(of(subnet=make(Subnet, "x")), Unknown)
    existing = make(Subnet, "x", vpc="v")
    assert isinstance(acl_of(deploy(VPC, existing=(existing,)), existing), Unknown)


def test_a_part_that_was_not_read_may_associate_it() -> None:
    assert isinstance(of(make(UnreadPart, "m", reason="it is not on disk", given=("s",))), Unknown)


# -- properties --------------------------------------------------------------------------------------

CIDRS = ("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/25", "10.0.0.128/25", "10.0.0.37/32")
PORTS = (0, 442, 443, 444, 2049, 32768, 50000, 60999, 61000, 65535)
port_pairs = st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)).map(sorted)


@st.composite
def drawn_entries(draw: st.DrawFn, *, doubtful: bool = False) -> list[NetworkAclEntry]:
    entries = []
    for number in draw(st.lists(st.integers(2, 12).map(lambda n: 10 * n), unique=True, max_size=6)):
        low, high = draw(port_pairs)
        values: dict[str, Any] = {
            "protocol": draw(st.sampled_from(["tcp", "-1", "udp"])),
            "cidr": IPv4Network(draw(st.sampled_from(CIDRS))),
            "from_port": low,
            "to_port": high,
        }
        if doubtful:
            fields = ["protocol", "cidr", "from_port", "to_port", "number", "action"]
            values |= dict.fromkeys(draw(st.sets(st.sampled_from(fields), max_size=1)), DOUBT)
        made = {"number": number, "action": draw(st.sampled_from(["allow", "deny"])), **values}
        entries.append(make(NetworkAclEntry, f"e{number}", **made))
    return entries


questions = st.sampled_from([HTTPS, NFS, LINUX_CLIENT, Traffic("tcp", 0, 65535)])


def first_match(entries: list[NetworkAclEntry], traffic: Traffic) -> bool:
    """Ask the entries in their order for each address and port at an edge."""
    ordered = sorted(entries, key=lambda e: e.number if isinstance(e.number, int) else 0)
    edges = {traffic.from_port, traffic.to_port} | {p + step for p in PORTS for step in (-1, 0, 1)}
    ports = [p for p in edges if traffic.from_port <= p <= traffic.to_port]
    for offset in (0, 1, 36, 37, 38, 127, 128, 255):
        address = NET[offset]
        if any(_decided(ordered, address, port) != "allow" for port in ports):
            return False
    return True


def _decided(entries: list[NetworkAclEntry], address: IPv4Address, port: int) -> object:
    for one in entries:
        assert isinstance(one.cidr, IPv4Network)
        assert isinstance(one.from_port, int)
        assert isinstance(one.to_port, int)
        inside = one.protocol == "-1" or (one.protocol == "tcp" and one.from_port <= port <= one.to_port)
        if inside and address in one.cidr:
            return one.action
    return "deny"


@given(drawn_entries(), questions)
def test_it_agrees_with_asking_for_each_address_and_port(
    entries: list[NetworkAclEntry], traffic: Traffic
) -> None:
    assert lets(*entries, traffic=traffic) is first_match(entries, traffic)


@given(drawn_entries(), questions)
def test_the_fix_mends_it(entries: list[NetworkAclEntry], traffic: Traffic) -> None:
    way = asked(*entries, traffic=traffic)
    if way.exists is False:
        number = int(way.fix.removeprefix("add entry ").partition(" ")[0])
        more = entry(number, from_port=traffic.from_port, to_port=traffic.to_port)
        assert lets(*entries, more, traffic=traffic) is True


def rank(answer: bool | Unknown) -> int:  # noqa: FBT001 - the answer itself
    return 1 if isinstance(answer, Unknown) else 2 * answer


@given(drawn_entries(doubtful=True), questions, st.sampled_from(CIDRS), port_pairs)
def test_an_allowing_entry_above_never_closes_it(
    entries: list[NetworkAclEntry], traffic: Traffic, cidr: str, span: list[int]
) -> None:
    before = rank(lets(*entries, traffic=traffic))
    more = entry(1, cidr=IPv4Network(cidr), from_port=span[0], to_port=span[1])
    assert rank(lets(*entries, more, traffic=traffic)) >= before


@given(drawn_entries(doubtful=True), questions, st.data())
def test_a_denying_entry_less_never_closes_it(
    entries: list[NetworkAclEntry], traffic: Traffic, data: st.DataObject
) -> None:
    denying = [one for one in entries if one.action == "deny"]
    if denying:
        before = rank(lets(*entries, traffic=traffic))
        gone = data.draw(st.sampled_from(denying))
        assert rank(lets(*(one for one in entries if one is not gone), traffic=traffic)) >= before


@given(drawn_entries(doubtful=True), questions, st.randoms(use_true_random=False))
def test_the_order_of_declaration_does_not_matter(
    entries: list[NetworkAclEntry], traffic: Traffic, random: Any
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert rank(lets(*shuffled, traffic=traffic)) == rank(lets(*entries, traffic=traffic))


@given(drawn_entries(doubtful=True), questions, st.data())
def test_what_becomes_known_is_among_what_was_possible(
    entries: list[NetworkAclEntry], traffic: Traffic, data: st.DataObject
) -> None:
    before = lets(*entries, traffic=traffic)
    if isinstance(before, Unknown):
        return
    choices: dict[str, Any] = {
        "protocol": st.sampled_from(["tcp", "-1", "udp"]),
        "cidr": st.sampled_from(CIDRS).map(IPv4Network),
        "from_port": st.sampled_from(PORTS),
        "to_port": st.sampled_from(PORTS),
        "number": st.integers(1, 130).filter(lambda n: n % 10 != 0),
        "action": st.sampled_from(["allow", "deny"]),
    }
    settled = []
    for one in entries:
        open_ones = [name for name in choices if isinstance(getattr(one, name), Unknown)]
        settled.append(replace(one, **{name: data.draw(choices[name]) for name in open_ones}))
    assert lets(*settled, traffic=traffic) is before


def test_many_entries_and_subnets_are_asked_in_reasonable_time() -> None:
    """Two hundred entries each way; EC2's quota is 40. A thousand subnets with ACLs of their own."""
    directions: tuple[Direction, Direction] = ("ingress", "egress")
    components: list[Declared] = [VPC]
    components += [make(Subnet, f"s{i}", vpc="v") for i in range(1000)]
    components += [make(NetworkAcl, f"a{i}", vpc="v") for i in range(1000)]
    components += [make(NetworkAclAssociation, f"x{i}", acl=f"a{i}", subnet=f"s{i}") for i in range(1000)]
    components += [
        https(n, "deny" if n % 2 else "allow", acl="a0", egress=egress, cidr=IPv4Network((n << 16, 24)))
        for n in range(1, 201)
        for egress in (False, True)
    ]
    components += [entry(100, acl=f"a{i}", cidr=ANYWHERE) for i in range(1, 1000)]
    deployment: Deployment = deploy(*components)
    started = time.perf_counter()
    for subnet in list(deployment.each(Subnet)):
        for direction in directions:
            passes(deployment, subnet, direction, LINUX_CLIENT, (ANYWHERE,))
            passes(deployment, subnet, direction, HTTPS, (NET,))
    assert time.perf_counter() - started < 3
