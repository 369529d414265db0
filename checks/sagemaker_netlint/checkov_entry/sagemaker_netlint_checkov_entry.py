"""Loaded by path by `checkov --external-checks-dir`; the folder holds this one file.

Checkov executes every `.py` of the folder as a top-level module, once per framework.
"""

import sys
from pathlib import Path

_ABOVE_PACKAGE = str(Path(__file__).resolve().parents[2])
if _ABOVE_PACKAGE not in sys.path:
    sys.path.insert(0, _ABOVE_PACKAGE)  # a clone needs no install

from sagemaker_netlint.checkov_adapter import register_all  # noqa: E402 - only now it can be found

register_all()
