"""The values in a pipeline definition: literals, references (`Get`) and functions (`Std:Join`).

What only a run knows is `Unknown`; a reference to a parameter is its default, or what a target sets.
https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-parameters.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.raw import Data

# Bounds against documents that nobody means: no request is as deep, no joined member of one as long.
_DEPTH = 100
_LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What references lead to.

    `parameters` are the values of the pipeline's parameters by name; `undeclared` is why there may be others.
    `steps` are the outputs of each step, by its name, that lead to what it makes: the output's name, and the
    reference.
    """

    parameters: Mapping[str, Data]
    undeclared: Unknown | None
    steps: Mapping[str, Mapping[str, str]]

    def filled(self, value: Data, depth: int = 0) -> Data:
        """Return the value with the values of its references and functions in their places."""
        if depth > _DEPTH:
            return Unknown("it is nested too deeply")
        if isinstance(value, list):
            return [self.filled(item, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "")
        if len(value) > 1 or not (name == "Get" or name.startswith("Std:")):
            return {key: self.filled(item, depth + 1) for key, item in value.items()}
        return self._referred(value[name]) if name == "Get" else self._computed(name, value[name], depth)

    def _referred(self, reference: Data) -> Data:
        if isinstance(reference, Unknown):
            return Unknown(f"what it refers to is not known: {reference.reason}", reference.text)
        if not isinstance(reference, str):
            return Unknown("its `Get` is no reference")
        kind, _, name = reference.partition(".")
        if kind == "Parameters":
            value = self.parameters.get(name, Unknown(self._no_parameter(name)))
        elif kind == "Steps":
            value = self._output(*name.partition(".")[::2])
        else:
            value = Unknown(_in_a_run(kind, reference))
        if isinstance(value, Unknown) and value.text is None:
            return Unknown(value.reason, f"${{{reference}}}")
        return value

    def _no_parameter(self, name: str) -> str:
        if self.undeclared is not None:
            return f"the pipeline's parameters are not all known: {self.undeclared.reason}"
        return f"the pipeline declares no parameter {name}"

    def _output(self, step: str, output: str) -> Data:
        if step not in self.steps:
            return Unknown(f"the pipeline has no step `{step}`")
        return self.steps[step].get(output, Unknown(f"it is an output of the step `{step}` in the run"))

    def _computed(self, function: str, operand: Data, depth: int) -> Data:
        if function == "Std:JsonGet":
            return Unknown("it is read from a file of JSON in the run (Std:JsonGet)")
        if function != "Std:Join":
            return Unknown(f"the function `{function}` is not known here")
        written = self.filled(operand, depth + 1)
        values = written.get("Values") if isinstance(written, dict) else written
        if isinstance(values, Unknown):
            return values
        if not isinstance(written, dict) or not isinstance(values, list):
            return Unknown("its `Std:Join` has no list of `Values`")
        return _joined(_text(written.get("On", "")), [_text(value) for value in values])


def _in_a_run(kind: str, reference: str) -> str:
    if kind in {"Execution", "PipelineExperimentConfig"}:
        return f"`{reference}` is known in a run only"
    if kind == "ForEach":
        return f"`{reference}` is another one in each round of its ForEach step"
    return f"`{reference}` is no reference that is known here"


def _joined(separator: str | Unknown, values: list[str | Unknown]) -> str | Unknown:
    """Return the text of a join; what is not known of it stays a gap."""
    parts = [part for value in values for part in (separator, value)][1:]
    texts = [part if isinstance(part, str) else part.text or "${}" for part in parts]
    if sum(map(len, texts)) > _LENGTH:
        return Unknown(f"its `Std:Join` is longer than {_LENGTH:,} characters")
    gaps = tuple(part for part in parts if isinstance(part, Unknown))
    return Unknown(gaps[0].reason, "".join(texts), gaps) if gaps else "".join(texts)


def _text(value: Data) -> str | Unknown:
    if isinstance(value, (str, Unknown)):
        return value
    if isinstance(value, (list, dict)):
        return Unknown("its `Std:Join` joins more than single values")
    return str(value).lower() if isinstance(value, bool) else str(value)
