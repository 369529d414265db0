"""Whether a range is private or global, on every Python that we support."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from sagemaker_netlint.network.address_kinds import is_global, is_private


@pytest.mark.parametrize(
    "written", ["0.0.0.0/0", "0.0.0.0/1", "192.0.0.0/2", "::/0", "52.94.0.0/22", "10.0.0.0/7"]
)
def test_a_range_with_addresses_of_the_internet_is_global(written: str) -> None:
    assert is_global(ip_network(written))
    assert not is_private(ip_network(written))


@pytest.mark.parametrize(
    "written", ["10.0.0.0/8", "172.16.0.0/12", "192.168.7.0/24", "240.0.0.0/4", "fc00::/7"]
)
def test_a_private_range_is_not_global(written: str) -> None:
    assert is_private(ip_network(written))
    assert not is_global(ip_network(written))


def test_shared_addresses_of_carriers_are_neither() -> None:
    assert not is_global(ip_network("100.64.0.0/10"))
    assert not is_private(ip_network("100.64.0.0/10"))
