"""What a security group rule admits."""

from __future__ import annotations

from sagemaker_netlint.network.topology import SecurityGroupRule
from sagemaker_netlint.network.values import Unknown


def open_ranges(rule: SecurityGroupRule) -> tuple[str, ...]:
    """Return the ranges of the rule that hold every address (0.0.0.0/0, ::/0)."""
    if rule.sources is None or isinstance(rule.sources, Unknown):
        return ()
    return tuple(str(r) for r in rule.sources if not isinstance(r, Unknown) and r.prefixlen == 0)


def unknown_source(rule: SecurityGroupRule | Unknown) -> Unknown | None:
    """Return why it is not known which ranges the rule admits; `None` where it is known."""
    if isinstance(rule, Unknown):
        return rule
    if isinstance(rule.sources, Unknown):
        return rule.sources
    return next((source for source in rule.sources or () if isinstance(source, Unknown)), None)


def traffic(rule: SecurityGroupRule) -> str:
    """Return protocol and ports of the rule for people: `tcp 443`, `tcp 8192-65535`, `all traffic`."""
    if isinstance(rule.protocol, Unknown):
        return "traffic that is not known"
    if rule.protocol in (None, "-1"):
        return "all traffic"
    if rule.protocol not in ("tcp", "udp") or isinstance(rule.from_port, Unknown):
        return f"{rule.protocol}"
    if rule.from_port is None or isinstance(rule.to_port, Unknown) or rule.to_port is None:
        return f"{rule.protocol}"
    if rule.from_port == rule.to_port:
        return f"{rule.protocol} {rule.from_port}"
    return f"{rule.protocol} {rule.from_port}-{rule.to_port}"
