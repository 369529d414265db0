"""Is a text a CloudFormation template? Decided by its content, cheaply."""

from __future__ import annotations

import re

from sagemaker_netlint.readers.files import UnreadableError

# The root's keys stand in the first column; a template inside another document doesn't.
_YAML_KEY = re.compile(
    r"^(?:AWSTemplateFormatVersion|Resources|[\"'](?:AWSTemplateFormatVersion|Resources)[\"'])[ \t]*:",
    re.MULTILINE,
)
_SERVERLESS = re.compile(
    r"^[\"']?Transform[\"']?[ \t]*:(?:[^\n]*|(?:[ \t]*\n[ \t]*-[^\n]*)+)AWS::Serverless", re.MULTILINE
)
_JSON_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"[ \t\r\n]*:?|[{}\[\]]', re.DOTALL)
_JSON_KEY = re.compile(r'"(?:AWSTemplateFormatVersion|Resources)"[ \t\r\n]*:')
# a resource, in a file that may be broken or indented as a whole
_RESOURCE = re.compile(r"""["']?\bType["']?[ \t]*:[ \t]*["']?(?:AWS|Alexa|Custom)::\w+""")
# CloudFormation takes 1 MB: what has no key of the root by then is no template
_JSON_LIMIT = 4 * 1024 * 1024


def looks_like_template(text: str) -> bool:
    """Say whether a text is meant as a template, broken ones included."""
    text = text.removeprefix("\ufeff")
    start = text.lstrip()[:1]
    if start == "{":
        return _json_root(text) or (_RESOURCE.search(text) is not None and _parsed(text))
    if start == "[":
        return False
    if _YAML_KEY.search(text) or _SERVERLESS.search(text):
        return True
    return _RESOURCE.search(text) is not None and _parsed(text)


def _json_root(text: str) -> bool:
    """Look for a template's key at the root of a JSON text, which may be broken further on."""
    if _JSON_KEY.search(text) is None:
        return False
    depth = 0
    for match in _JSON_PIECE.finditer(text, 0, _JSON_LIMIT):
        piece = match[0]
        if piece in "{[":
            depth += 1
        elif piece in "}]":
            depth -= 1
        elif depth == 1 and piece.endswith(":") and _JSON_KEY.fullmatch(piece):
            return True
    return False


def _parsed(text: str) -> bool:
    """Decide by parsing: broken is ours, for it names resource types; whole needs a root of ours."""
    from sagemaker_netlint.readers.cloudformation.document import parse_document  # noqa: PLC0415 - rarely needed
    from sagemaker_netlint.readers.cloudformation.nodes import Fields  # noqa: PLC0415 - the same

    try:
        root = parse_document(text, "", lambda _problem: None)
    except UnreadableError:
        return True
    return isinstance(root, Fields) and not {"Resources", "AWSTemplateFormatVersion"}.isdisjoint(root.nodes)
