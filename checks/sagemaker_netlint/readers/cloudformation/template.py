"""A template's sections, checked for the form that CloudFormation wants; what is broken is a problem each.

Sections: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.cloudformation.builder import Report
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar, strings
from sagemaker_netlint.readers.files import unreadable
from sagemaker_netlint.readers.raw import Problem

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
# What AWS's own transforms add is known, and is no network:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
_OF_AWS = ("AWS::Serverless-", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen", "AWS::SecretsManager-")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html
MODULE = "::MODULE"
LOOP = "Fn::ForEach::"


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A template parameter; CloudFormation's parameters are strings, whatever their type says."""

    name: str
    type: str
    default: str | None
    allowed: tuple[str, ...]
    no_echo: bool
    line: int

    @property
    def is_list(self) -> bool:
        """Say whether a reference gives a list."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")

    @property
    def is_stored(self) -> bool:
        """Say whether the value is read from SSM Parameter Store at deployment."""
        return self.type.startswith("AWS::SSM::Parameter::Value<")

    @property
    def is_stored_list(self) -> bool:
        """Say whether what is read from SSM Parameter Store is a list."""
        return self.is_stored and ("<List<" in self.type or "CommaDelimitedList" in self.type)


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """A resource as it is declared."""

    name: str
    type: str
    node: Fields
    line: int

    @property
    def properties(self) -> Node | None:
        """Return the Properties section."""
        return self.node.nodes.get("Properties")

    @property
    def condition(self) -> str | None:
        """Return the name of the condition that decides whether the resource exists."""
        node = self.node.nodes.get("Condition")
        return node.text if isinstance(node, Scalar) else None


@dataclass(slots=True, eq=False)
class Template:
    """A parsed template of a file."""

    file: str
    text: str
    root: Fields
    parameters: dict[str, Parameter] = field(default_factory=dict)
    mappings: dict[str, Node] = field(default_factory=dict)
    conditions: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, Node] = field(default_factory=dict)
    resources: Fields = field(default_factory=lambda: Fields(1, 1))
    transforms: frozenset[str] = frozenset()

    @property
    def lines(self) -> list[str]:
        """Return the lines of the text, without their ends."""
        return self.text.splitlines()

    def location(self, line: int, end_line: int | None = None) -> Location:
        """Return a place in this template's file."""
        return Location(self.file, line, end_line or line)

    @property
    def has_extensions(self) -> bool:
        """Say whether the functions of the language extensions may be used."""
        return LANGUAGE_EXTENSIONS in self.transforms

    @property
    def is_rewritten(self) -> bool:
        """Say whether a macro or a module may add to the template what isn't written in it."""
        return bool(self.transforms - {LANGUAGE_EXTENSIONS}) or any(
            map(_is_module, self.resources.nodes.values())
        )

    @property
    def macros(self) -> list[str]:
        """Return the transforms that may add resources of any kind, networks included."""
        return sorted(name for name in self.transforms if not name.startswith(_OF_AWS))


def _is_module(node: Node) -> bool:
    kind = node.nodes.get("Type") if isinstance(node, Fields) else None
    return isinstance(kind, Scalar) and kind.text.endswith(MODULE)


def read_sections(root: Node, file: str, text: str, report: Report) -> Template:
    """Take a template apart.

    Raises:
        UnreadableError: it is no template at all.

    """
    if not isinstance(root, Fields):
        raise unreadable(file, "a template is a mapping; this file is not one", line=root.line)
    template = Template(file, text, root, transforms=_transforms(root.nodes.get("Transform")))
    sections = _Sections(template, report)
    for name, node in sections.entries("Parameters").items():
        sections.parameter(name, node)
    template.mappings = sections.entries("Mappings")
    template.conditions = sections.entries("Conditions")
    template.outputs = sections.entries("Outputs")
    template.resources = sections.resources()
    return template


def _transforms(node: Node | None) -> frozenset[str]:
    names = node.nodes if isinstance(node, Items) else [node]
    found: set[str] = set()
    for name in names:
        if isinstance(name, Fields):
            found.update(strings(name.nodes["Name"]) if "Name" in name.nodes else ())
        elif isinstance(name, Scalar) and isinstance(name.value, str):
            found.add(name.value)
    return frozenset(found)


class _Sections:
    """Reads the sections of one template."""

    def __init__(self, template: Template, report: Report) -> None:
        self.template = template
        self.report = report

    def problem(self, line: int, message: str, fix: str = "") -> None:
        self.report(Problem(self.template.location(line), message, fix))

    def entries(self, section: str) -> dict[str, Node]:
        node = self.template.root.nodes.get(section)
        if isinstance(node, Fields):
            return node.nodes
        if node is not None:
            line = self.template.root.lines[section]
            self.problem(line, f"`{section}` is not a mapping", "write it as `Name: …` entries")
        return {}

    def resources(self) -> Fields:
        node = self.template.root.nodes.get("Resources")
        if node is None:
            message = "the template has no `Resources`"
            raise unreadable(self.template.file, message, fix="declare the resources, or remove the file")
        if not isinstance(node, Fields):
            line = self.template.root.lines["Resources"]
            raise unreadable(self.template.file, "`Resources` is not a mapping", line=line)
        if not node.nodes:
            self.problem(self.template.root.lines["Resources"], "`Resources` is empty")
        return node

    def parameter(self, name: str, node: Node) -> None:
        if not isinstance(node, Fields):
            self.problem(node.line, f"parameter `{name}` is not a mapping", "give it a Type")
            node = Fields(node.line, node.end_line)
        default = node.nodes.get("Default")
        if default is not None and _text(default) is None:
            self.problem(default.line, f"the default of parameter `{name}` is not a plain value")
        allowed = node.nodes.get("AllowedValues")
        values = [_text(item) for item in allowed.nodes] if isinstance(allowed, Items) else []
        self.template.parameters[name] = Parameter(
            name,
            _text(node.nodes.get("Type")) or "String",
            _text(default),
            tuple(dict.fromkeys(value for value in values if value is not None)),
            (_text(node.nodes.get("NoEcho")) or "").lower() == "true",
            node.line,
        )


def _text(node: Node | None) -> str | None:
    """Return the text that CloudFormation makes of a plain value; booleans in its own spelling."""
    if not isinstance(node, Scalar) or node.value is None:
        return None
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return node.text


def declarations(template: Template, resources: Fields, report: Report) -> dict[str, Declaration]:
    """Return the well-formed resources; each of the others is a problem."""
    found = {}
    for name, node in resources.nodes.items():
        line = resources.lines[name]
        declaration, message = _declaration(template, name, node, line)
        if declaration is not None:
            found[name] = declaration
        if message:
            report(Problem(template.location(line), message))
    return found


def _declaration(  # noqa: PLR0911 - each defect is a case
    template: Template, name: str, node: Node, line: int
) -> tuple[Declaration | None, str]:
    if name == "Fn::Transform":
        return None, "resources that a transform adds under `Resources` are not read"
    if name.startswith(LOOP):
        hint = "" if template.has_extensions else f": the template lacks `Transform: {LANGUAGE_EXTENSIONS}`"
        return None, f"`{name}` is not expanded{hint}"
    if not isinstance(node, Fields):
        return None, f"resource `{name}` is not a mapping"
    kind = node.nodes.get("Type")
    if kind is None:
        return None, f"resource `{name}` has no `Type`"
    if not isinstance(kind, Scalar) or not isinstance(kind.value, str) or not kind.value:
        return None, f"the `Type` of resource `{name}` is not a string"
    properties = node.nodes.get("Properties")
    if isinstance(properties, Items) or (isinstance(properties, Scalar) and properties.value is not None):
        return None, f"the `Properties` of resource `{name}` are not a mapping"
    message = f"the `Properties` of resource `{name}` are null" if isinstance(properties, Scalar) else ""
    return Declaration(name, kind.value, node, line), message
