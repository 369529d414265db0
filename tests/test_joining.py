"""What resources of their own add to a VPC endpoint, and how its policy and its DNS options are read."""

from __future__ import annotations

import pytest
from components import make

from sagemaker_netlint.network.topology import Subnet, VpcEndpoint, VpcEndpointPart
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.joining import joined
from sagemaker_netlint.readers.parsers import WrongTypeError, inbound_only, json_document

DOUBT = Unknown("parameter P has no default")


def endpoint_of(*parts: VpcEndpointPart) -> VpcEndpoint:
    """Return the endpoint `e`, which has the route table `a`, with the parts."""
    found = joined([make(VpcEndpoint, "e", route_tables=("a",)), *parts, make(Subnet, "s")])
    (endpoint,) = (component for component in found if isinstance(component, VpcEndpoint))
    return endpoint


def test_parts_are_added_to_their_endpoint() -> None:
    endpoint = endpoint_of(
        make(VpcEndpointPart, "1", endpoint="e", route_tables=("b",)),
        make(VpcEndpointPart, "2", endpoint="e", subnets=("s",)),
        make(VpcEndpointPart, "3", endpoint="e", subnets=("t",)),
        make(VpcEndpointPart, "4", endpoint="other", route_tables=("c",)),
        make(VpcEndpointPart, "5", endpoint="e", private_dns=True),
        make(VpcEndpointPart, "6", endpoint="e", policy={"Statement": []}),
    )
    assert endpoint.route_tables == ("a", "b")
    assert endpoint.subnets == ("s", "t")
    assert endpoint.security_groups is None
    assert (endpoint.private_dns, endpoint.policy) == (True, {"Statement": []})


def test_a_part_of_an_unknown_endpoint_may_belong_to_each() -> None:
    endpoint = endpoint_of(make(VpcEndpointPart, "1", endpoint=DOUBT, route_tables=("b",)))
    assert endpoint.route_tables == ("a", Unknown("`1` may add to it: parameter P has no default"))
    assert endpoint.subnets is None


def test_json_is_read_and_its_gaps_stay_gaps() -> None:
    assert json_document(['{"a": "${aws:PrincipalOrgID}"}']) == {"a": "${aws:PrincipalOrgID}"}
    assert json_document([{"a": 1}]) == {"a": 1}
    assert json_document([DOUBT]) == DOUBT
    found = json_document([Unknown("why", '{"a": ["${...}", "b"]}')])
    assert found == {"a": [Unknown("why", "${...}"), "b"]}
    assert json_document([Unknown("why", '{"a": ${...}}')]) == {"a": Unknown("why", "${...}")}
    with pytest.raises(WrongTypeError):
        json_document(["no JSON"])


def test_the_words_for_private_dns() -> None:
    words = ("OnlyInboundResolver", "AllResolvers", "NotSpecified", False, "true", DOUBT)
    assert [inbound_only([word]) for word in words] == [True, False, None, False, True, DOUBT]
