"""Which region a module's lookups ask: that of its default `aws` provider, where that is known.

A module inherits the default provider of its caller unless the call passes others on
(https://developer.hashicorp.com/terraform/language/modules/develop/providers).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.expressions import evaluate
from sagemaker_netlint.readers.terraform.syntax import text_of

if TYPE_CHECKING:
    from sagemaker_netlint.readers.terraform.module_scope import Module

_SAME = re.compile(r"(?<![\w.])aws\s*=\s*aws\s*(?:[,#}\n]|//|$)")


def region_of(module: Module) -> str | Unknown | None:
    """Return the region, `None` where the code doesn't say it; `Unknown` where another provider may hold."""
    for block in module.blocks():
        if (block.kind, *block.labels) == ("provider", "aws") and "alias" not in block.attributes:
            written = block.attributes.get("region")
            value = None if written is None else evaluate(written.expression, module.scope)
            return value if isinstance(value, str) else None
    call = module.caller
    if call is None:
        return None
    passed = None if call.block is None else call.block.attributes.get("providers")
    if passed is not None and _SAME.search(text_of(passed.expression)) is None:
        return Unknown("its module is given other providers")
    return region_of(call.module)
