"""Documents as text: gaps with their reasons, substitutions, files beside templates, lines of steps."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Job, JobDocument
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.job_documents.places import lines_of_steps
from sagemaker_netlint.readers.job_documents.texts import MAX_LENGTH, BrokenTextError, document_in
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform.reader import read_roots

# -- documents with gaps -----------------------------------------------------------------------------


def test_a_gap_in_a_string_makes_that_string_unknown_and_nothing_else() -> None:
    text = '{"A": "${SubnetA}", "B": ["arn:${AWS::Partition}:states", "b"], "C": 1, "D": true}'
    assert document_in(Unknown("why", text)) == {
        "A": Unknown("`${SubnetA}` is not known", "${SubnetA}"),
        "B": [Unknown("`${AWS::Partition}` is not known", "arn:${AWS::Partition}:states"), "b"],
        "C": 1,
        "D": True,
    }


def test_a_bare_gap_stands_for_any_value() -> None:
    text = '{"Count": ${count}, "Subnets": ${jsonencode([for s in var.x : "${s}-}"])}, "${k}": [${a}, 2]}'
    assert document_in(Unknown("why", text)) == {
        "Count": Unknown("`${count}` is not known", "${count}"),
        "Subnets": Unknown(
            '`${jsonencode([for s in var.x : "${s}-}"])}` is not known',
            '${jsonencode([for s in var.x : "${s}-}"])}',
        ),
        "${k}": [Unknown("`${a}` is not known", "${a}"), 2],
    }


def test_a_bare_gap_among_items_may_have_their_commas() -> None:
    assert document_in(Unknown("w", '["a" ${more} {"b": 1} ${x}${y} "c"]')) == [
        "a",
        Unknown("`${more}` is not known", "${more}"),
        {"b": 1},
        Unknown("`${x}` is not known", "${x}"),
        Unknown("`${y}` is not known", "${y}"),
        "c",
    ]
    assert isinstance(document_in(Unknown("w", '{"a": 1${x}}')), Unknown)
    assert isinstance(document_in(Unknown("w", '["a" 1 ${x}]')), Unknown)


def test_each_gap_has_its_own_reason() -> None:
    inner = Unknown("c", "x-${C}-${D}", (Unknown("cc", "${C}"), Unknown("dd", "${D}")))
    parts = (Unknown("aa", "${A}"), Unknown("first", "${...}"), inner, Unknown("second", "${...}"))
    text = '{"A": "${A}", "E": "${...}", "C": "${C}", "F": "${...}", "D": "${D}", "X": "${X}"}'
    data = document_in(Unknown("aa", text, parts))
    assert isinstance(data, dict)
    reasons = {key: value.reason for key, value in data.items() if isinstance(value, Unknown)}
    assert reasons == {
        "A": "aa",
        "E": "first",
        "C": "cc",
        "F": "second",
        "D": "dd",
        "X": "`${X}` is not known",
    }


def test_the_only_gap_has_the_reason_of_the_whole() -> None:
    assert document_in(Unknown("parameter A has no default", '["${A}", "${A}"]')) == [
        Unknown("parameter A has no default", "${A}"),
        Unknown("parameter A has no default", "${A}"),
    ]


def test_the_parts_of_a_string_are_no_part_of_its_value() -> None:
    assert Unknown("a", "b", (Unknown("c"),)) == Unknown("a", "b")
    assert hash(Unknown("a", "b", (Unknown("c"),))) == hash(Unknown("a", "b"))


def test_a_dynamic_reference_is_a_gap() -> None:
    text = '{"A": "{{resolve:ssm:/a}}", "B": "x{{resolve:ssm:${Name}}}y", "C": "{{other}}"}'
    data = document_in(Unknown("why", text))
    assert data == {
        "A": Unknown("`{{resolve:ssm:/a}}` is not known", "{{resolve:ssm:/a}}"),
        "B": Unknown("`{{resolve:ssm:${Name}}}` is not known", "x{{resolve:ssm:${Name}}}y"),
        "C": "{{other}}",
    }


def test_what_is_known_is_no_gap() -> None:
    assert document_in('{"A": "${x}", "B": "{{resolve:ssm:/a}}"}') == {
        "A": "${x}",
        "B": "{{resolve:ssm:/a}}",
    }
    iam = document_in(Unknown("w", '["${aws:username}/${Open}", "${aws:username}"]'))
    assert iam == [Unknown("w", "${aws:username}/${Open}"), "${aws:username}"]


def test_an_unknown_text_without_gaps_stays_unknown() -> None:
    whole = Unknown("why", '{"a": 1}')
    assert document_in(whole) is whole
    bare = Unknown("why")
    assert document_in(bare) is bare
    assert document_in(None) is None


def test_null_is_absent() -> None:
    assert document_in('{"VpcConfig": null, "Steps": [null, {"a": null}]}') == {"Steps": [{}]}


# -- substitutions -----------------------------------------------------------------------------------


def test_substitutions_are_text_in_strings_and_bare() -> None:
    text = '{"Arn": "${role}", "Max": ${max}, "On": ${on}, "S": ["${two}"], "N": "n-${max}", "L": ${list}}'
    values = {"role": "@{Role}", "max": 3, "on": True, "two": 'a", "b', "list": '["x", {"y": 1}]'}
    assert document_in(text, values) == {
        "Arn": "@{Role}",
        "Max": 3,
        "On": True,
        "S": ["a", "b"],
        "N": "n-3",
        "L": ["x", {"y": 1}],
    }


def test_what_substitutions_leave_open_is_unknown_by_name() -> None:
    text = '{"A": "${open}", "B": "${part}", "C": "${none}", "D": "${nothing}", "E": ${list}}'
    values = {
        "open": Unknown("parameter P has no default", "${P}"),
        "part": Unknown("parameter Q has no default", "arn:${Q}"),
        "nothing": Unknown("why"),
        "list": ["a"],
    }
    assert document_in(text, values) == {
        "A": Unknown("parameter P has no default", "${P}"),
        "B": Unknown("parameter Q has no default", "arn:${Q}"),
        "C": Unknown("the substitutions hold no `none`", "${none}"),
        "D": Unknown("why", "${nothing}"),
        "E": Unknown("a list stands where the string for `list` belongs", "${list}"),
    }
    assert document_in('["${a}"]', Unknown("a transform adds to it")) == [
        Unknown("`${a}` is not known: a transform adds to it", "${a}")
    ]


@pytest.mark.parametrize("body", ['["${a}"]', ["${a}"]], ids=["text", "data"])
def test_circles_of_substitutions_are_not_followed(body: Any) -> None:
    for values in ({"a": "${a}"}, {"a": "${b}", "b": "${a}"}, {"a": "${b}${b}", "b": "${c}${c}", "c": "x"}):
        found = document_in(body, values)
        assert isinstance(found, list)
        assert isinstance(found[0], Unknown)
        assert "holds `${" in found[0].reason
    assert document_in(body, {"a": "${other}"}) == ["${other}"]


@pytest.mark.parametrize("body", ["${a}" * 100_000, ["${a}" * 100_000], ["${a}"] * 100_000], ids="abc")
def test_substitutions_do_not_multiply_without_end(body: Any) -> None:
    for value in ("x" * 100_000, Unknown("open", "${" + "x" * 100_000 + "}")):
        with pytest.raises(BrokenTextError, match="characters"):
            document_in(body, {"a": value})


def test_substitutions_apply_to_data() -> None:
    data = {"A": "${a}-x", "B": [{"C": "${b}"}], "D": 1, "E": Unknown("w"), "Q": "${quoted}"}
    assert document_in(data, {"a": "1", "b": Unknown("open", "${B}"), "quoted": 'a","b'}) == {
        "A": "1-x",
        "B": [{"C": Unknown("open", "${B}")}],
        "D": 1,
        "E": Unknown("w"),
        "Q": Unknown("the quotes in what is substituted change the document", "${quoted}"),
    }
    assert document_in(data) is data


def test_gaps_and_substitutions_stand_side_by_side() -> None:
    whole = Unknown("no default", '["${P}", "${role}", "${!x}"]', (Unknown("no default", "${P}"),))
    assert document_in(whole, {"role": "r", "P": "never"}) == [
        Unknown("no default", "${P}"),
        "r",
        Unknown("`${!x}` is not known", "${!x}"),
    ]


# -- broken texts --------------------------------------------------------------------------------------

BROKEN = {
    "empty": ("", 1, "no JSON"),
    "comma": ('{\n  "a": 1,\n}', 3, "no JSON"),
    "not a number": ('{"a": NaN}', None, "`NaN`"),
    "bare placeholder": ('{\n"a": ${x}}', 2, "no JSON"),
    "line in a string": ('["a\nb"]', 1, "no JSON"),
    "deep": ("[\n" * 120 + "]" * 120, 101, "100 levels"),
    "deep mappings": ('{"a":' * 5000 + "1" + "}" * 5000, 1, "100 levels"),
    "long": ('["' + "x" * MAX_LENGTH + '"]', None, "more than the 1,048,576 characters"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_texts_say_what_is_wrong_and_where(name: str) -> None:
    text, line, part = BROKEN[name]
    with pytest.raises(BrokenTextError, match=part) as caught:
        document_in(text)
    assert caught.value.line == line


def test_a_text_with_gaps_that_is_no_json_may_be_the_gaps_fault() -> None:
    for text in (
        '{"a": 1, ${more}',
        '{${a}: 1, "b": }',
        '["\\${a}"]',
        '["${a',
        '{"${a}": {{resolve:x',
        "${a}1",
    ):
        value = document_in(Unknown("parameter A has no default", text))
        assert isinstance(value, Unknown), text
        assert "parameter A has no default" in value.reason or "is not known" in value.reason


def test_odd_values_survive() -> None:
    data = document_in(
        '{"a": 1, "a": 2, "i": ' + "1" * 6000 + ', "e": 1e999, "s": "\\ud800", "u": "\\ue0000"}'
    )
    assert data == {"a": 2, "i": float("inf"), "e": float("inf"), "s": "\ufffd", "u": "\ue0000"}
    private = document_in(Unknown("open", '["${a}", "\\ue0000\\ue001"]'))
    assert isinstance(private, Unknown)


_SOUP = st.text(st.sampled_from('{}[]",:\\$!ab1 \n\ue0000\ue001') | st.characters(), max_size=60)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(
    text=_SOUP,
    substitutions=st.none() | st.dictionaries(st.sampled_from("ab1"), _SOUP, max_size=3),
    known=st.booleans(),
)
def test_any_text_is_read_or_refused(text: str, substitutions: dict[str, str] | None, *, known: bool) -> None:
    body = text if known else Unknown("why", text)
    try:
        data = document_in(body, substitutions)
    except BrokenTextError:
        assert known or substitutions is not None
    else:
        assert not known or substitutions or data == _without_null(json.loads(text))


@settings(max_examples=200, deadline=None)
@given(data=_JSON, bare=st.booleans())
def test_a_gap_changes_nothing_beside_it(data: Any, *, bare: bool) -> None:
    text = json.dumps({"data": data, "gap": "@@"}).replace('"@@"' if bare else "@@", "${gap}")
    found = document_in(Unknown("open", text))
    if "${" not in json.dumps(data) and "ue00" not in json.dumps(data).lower():
        expected = {
            "gap": Unknown("open", "${gap}"),
            **({} if data is None else {"data": _without_null(data)}),
        }
        assert found == expected
    else:
        assert found is not None


def _without_null(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_null(item) for key, item in data.items() if item is not None}
    return [_without_null(item) for item in data if item is not None] if isinstance(data, list) else data


# -- CloudFormation ------------------------------------------------------------------------------------

HEAD = """\
Parameters:
  Open: {Type: String}
  Opens: {Type: List<String>}
  Count: {Type: Number}
  Body:
    Type: String
    Default: >-
      {"Steps": [{"Name": "Train", "Type": "Training", "Arguments": {"VpcConfig": {"Subnets": ["s-1"]}}}]}
Resources:
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}
"""
PIPELINE = """\
  Pipeline:
    Type: AWS::SageMaker::Pipeline
    Properties:
      PipelineDefinition:
        PipelineDefinitionBody: """
LINE = (HEAD + PIPELINE).count("\n") + 1  # of the body


def cloudformation(body: str) -> Deployment:
    """Read a template whose pipeline has that body, in YAML, indented below its attribute."""
    text = dedent(body).strip("\n")
    start = "" if text[0] in "!|'\"" else "\n"
    indented = (start + text).replace("\n", "\n          ")
    return deployment(read_template(Path("t.yaml"), text=HEAD + PIPELINE + indented + "\n"))


def deployment(result: ReadResult) -> Deployment:
    assert result.problems == []
    (only,) = result.deployments
    return only


def job(deployment: Deployment, name: str = "") -> Job:
    (found,) = (job for job in deployment.each(Job) if f"`{name}`" in job.step or not name)
    return found


def reasons(value: Any) -> list[str]:
    return [item.reason if isinstance(item, Unknown) else item for item in value]


def shown(deployment: Deployment) -> list[tuple[str, int, int]]:
    """Return the steps with their lines, as those of the body: its attribute is 0."""
    return [
        (job.step.split("`")[1], job.location.line - LINE, job.location.end_line - LINE)
        for job in deployment.each(Job)
    ]


SUB = """
!Sub |
  {
    "Steps": [
      {
        "Name": "Train", "Type": "Training",
        "Arguments": {
          "VpcConfig": {"Subnets": ["${SubnetA}", "${Open}", "${AWS::Region}-x", "${!Plain}"]},
          "ResourceConfig": {"InstanceCount": ${Count}}
        }
      },
      {"Name": "Other", "Type": "Training", "Arguments": {}}
    ]
  }
"""


def test_sub_keeps_tokens_and_names_each_gap() -> None:
    found = cloudformation(SUB)
    (subnet,) = found.each(Subnet)
    subnets = job(found, "Train").subnets
    assert isinstance(subnets, tuple)
    assert subnets[0] == subnet.identity
    assert reasons(subnets[1:]) == [
        "parameter Open has no default",
        "the region is known only at deployment",
        "`${Plain}` is not known",
    ]
    count = job(found, "Train").instance_count
    assert isinstance(count, Unknown)
    assert count.reason == "parameter Count has no default"
    assert shown(found) == [("Train", 4, 4), ("Other", 10, 10)]


def test_join_and_to_json_string_and_sub_give_the_same() -> None:
    arguments = '{"VpcConfig": {"Subnets": ["%s", "%s"]}}'
    head = '{"Steps": [{"Name": "Train", "Type": "Training", "Arguments": '
    pieces = (head + arguments % ("|", "|") + "}]}").split("|")
    texts = [json.dumps(piece) for piece in pieces]
    joined = cloudformation(f"!Join ['', [{texts[0]}, !Ref SubnetA, {texts[1]}, !Ref Open, {texts[2]}]]")
    subbed = cloudformation("!Sub '" + head + arguments % ("${SubnetA}", "${Open}") + "}]}'")
    data = cloudformation(
        """
        Fn::ToJsonString:
          Steps:
            - Name: Train
              Type: Training
              Arguments: {VpcConfig: {Subnets: [!Ref SubnetA, !Ref Open]}}
        """
    )
    values = [job(each).subnets for each in (joined, subbed, data)]
    assert values[0] == values[1] == values[2] == (job(joined).subnets)
    assert reasons(values[0])[1] == "parameter Open has no default"


def test_a_list_is_joined_into_quotes() -> None:
    found = cloudformation(
        """
        !Sub
          - |
            {"Steps": [
              {"Name": "Train", "Type": "Training",
               "Arguments": {"VpcConfig": {"Subnets": ["${Subnets}"], "SecurityGroupIds": ["${Groups}"]}}}]}
          - Subnets: !Join ['","', !Ref Opens]
            Groups: !Join ['", "', [sg-1, sg-2]]
        """
    )
    assert job(found).security_groups == ("sg-1", "sg-2")
    assert isinstance(job(found).subnets, tuple)
    assert reasons(job(found).subnets) == ["parameter Opens has no default"]
    assert shown(found) == [("Train", 3, 3)]


def test_a_parameter_may_hold_the_body() -> None:
    found = cloudformation("!Ref Body")
    assert job(found).subnets == ("s-1",)
    assert shown(found) == [("Train", 0, 0)]


def test_an_include_is_out_of_sight() -> None:
    found = cloudformation("Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}")
    (document,) = found.each(JobDocument)
    assert document.whole == Unknown("it is made by the transform AWS::Include at deployment")


FORMS = {
    "block scalar": """
|
  {"Parameters": [{"Type": "String", "Name": "Other"}],
   "Steps": [
    {"Name": "Train",
     "Type": "Training", "Arguments": {"DisplayName": "Last", "TrainingJobName": "Last"}},
    {"Type": "Training", "DependsOn": ["Train"], "Arguments": {},
     "Name" : "Last"}]}
""",
    "one line": """
'{"Steps": [{"Name": "Train", "Type": "Training", "Arguments": {}}]}'
""",
    "double quotes": r"""
"{\"Steps\": [
  {\"Name\": \"Train\", \"Type\": \"Training\", \"Arguments\": {}},
  {\"Name\": \"Last\", \"Type\": \"Training\", \"Arguments\": {}}]}"
""",
    "joined lines": """
!Join
  - ''
  - - '{"Steps": ['
    - '{"Name": "Train", "Type": "Training", "Arguments": {}},'
    - '{"Name": "Train.2", "Type": "Training", "Arguments": {"RoleArn": "'
    - !Ref Open
    - '"}}]}'
""",
    "to json": """
Fn::ToJsonString:
  Steps:
    - Type: Training
      Name: Train
      Arguments: {}
    - Name: 'Last'
      Type: Training
      Arguments: {}
""",
    "mapping": """
  Steps:
    - Type: Training
      Name: Train
      Arguments: {}
    - Name: Last
      Type: Training
      Arguments:
        VpcConfig: {Subnets: [s-1]}
""",
}
LINES = {
    "block scalar": [("Train", 3, 3), ("Last", 6, 6)],
    "one line": [("Train", 0, 0)],
    "double quotes": [("Train", 1, 1), ("Last", 2, 2)],
    "joined lines": [("Train", 3, 3), ("Train.2", 4, 4)],
    "to json": [("Train", 4, 4), ("Last", 6, 6)],
    "mapping": [("Train", 2, 4), ("Last", 5, 8)],
}


@pytest.mark.parametrize("form", FORMS)
def test_the_line_of_a_step_in_yaml(form: str) -> None:
    assert shown(cloudformation(FORMS[form])) == LINES[form]


def test_the_lines_of_a_state_machine_as_data_are_its_own() -> None:
    text = """\
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        StartAt: Train
        States:
          Train:
            Type: Task
            Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
            Next: ${next}
            Parameters:
              VpcConfig:
                Subnets:
                  - ${subnet}
          Wait: {Type: Wait, Seconds: 1, End: true}
      DefinitionSubstitutions: {subnet: s-1, next: Wait}
"""
    only = job(deployment(read_template(Path("t.yaml"), text=text)))
    assert only.subnets == ("s-1",)
    assert (only.location.line, only.location.end_line) == (8, 15)
    assert (only.at("subnets").line, only.at("subnets").end_line) == (14, 15)


def json_template(definition: Any) -> Deployment:
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": definition}}
    text = json.dumps({"Resources": {"Machine": machine}}, indent=1)
    return deployment(read_template(Path("t.template"), text=text))


STATES = (
    '{"StartAt":"Train","States":{"Train":{"Type":"Task","Next":"Again","Parameters":{"Train":"x"},'
    '"Resource":"arn:|:states:::sagemaker:createTrainingJob.sync"},"Again":{"End":true,"Type":"Task",'
    '"Parameters":{},"Resource":"arn:|:states:::sagemaker:createTrainingJob.sync"}}}'
)


def test_the_line_of_a_step_in_joined_json_as_cdk_writes_it() -> None:
    first, *others = STATES.split("|")
    pieces: list[Any] = [first]
    for piece in others:
        pieces += [{"Ref": "AWS::Partition"}, piece]
    found = json_template({"Fn::Join": ["", pieces]})
    assert [(each.step.split("`")[1], each.location.line) for each in found.each(Job)] == [
        ("Train", 10),
        ("Again", 14),
    ]


def test_one_long_line_is_that_line() -> None:
    found = json_template(STATES.replace("|", "aws"))
    assert [each.location.line for each in found.each(Job)] == [6, 6]
    assert [each.location.end_line for each in found.each(Job)] == [6, 6]


def test_broken_json_is_a_problem_at_its_line() -> None:
    for body, line in {
        '|\n          {"Steps": [\n            {"Name": "Train",}\n          ]}\n': 2,
        '!Sub\n          - |\n            {"Steps": [\n              {"Name": "${X}" "y"}\n            ]}\n'
        "          - {X: a}\n": 3,
        '!Sub |\n          {"Steps": [}\n': 1,
        "'{\"Steps\": [}'\n": 0,
        "'{\"Steps\": [\n\n          }'\n": 0,  # a line that YAML folds: the whole is meant
    }.items():
        result = read_template(Path("t.yaml"), text=HEAD + PIPELINE + body)
        (problem,) = result.problems
        assert problem.location.line - LINE == line, body
        assert "`Pipeline`: the pipeline's definition: it is no JSON" in problem.message
        (document,) = result.deployments[0].each(JobDocument)
        assert document.whole is not None


@pytest.mark.parametrize("body", ["x" * 2**20 + "x", "[" * 2**19, '{"a":' * 2**17, "\\" * 2**19], ids="abcd")
def test_large_bodies_are_problems_and_nothing_worse(body: str) -> None:
    text = HEAD + PIPELINE + json.dumps(body) + "\n"
    result = read_template(Path("t.yaml"), text=text)
    (problem,) = result.problems
    assert "the pipeline's definition: it " in problem.message


# -- files beside the template ---------------------------------------------------------------------------

ASL = """\
{
  "StartAt": "Wait",
  "States": {
    "Wait": {"Type": "Wait", "Seconds": ${seconds}, "Next": "Train"},
    "Train": {
      "Type": "Task", "End": true,
      "Resource": "arn:${AWS::Partition}:states:::sagemaker:createTrainingJob.sync",
      "Parameters": {"VpcConfig": {"Subnets": ["${subnet}", "${open}"]}}
    }
  }
}
"""
ASL_YAML = """\
# a machine
StartAt: Wait
States:
  Wait: {Type: Wait, Seconds: 10, Next: Train}
  Train:
    Type: Task
    Resource: !Sub arn:aws:states:::sagemaker:createTrainingJob.sync
    Parameters:
      VpcConfig:
        Subnets: ["${subnet}", "${open}"]
    End: true
"""


def machine(uri: str, kind: str = "AWS::Serverless::StateMachine", name: str = "DefinitionUri") -> str:
    return (
        "Transform: AWS::Serverless-2016-10-31\nParameters:\n  Open: {Type: String}\nResources:\n  Subnet:\n"
        "    Type: AWS::EC2::Subnet\n    Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}\n  Machine:\n"
        f"    Type: {kind}\n    Properties:\n      {name}: {uri}\n      DefinitionSubstitutions:\n"
        "        {seconds: 5, subnet: !Ref Subnet, open: !Ref Open, AWS::Partition: aws}\n"
    )


def beside(folder: Path, uri: str, **more: str) -> ReadResult:
    path = folder / "app" / "template.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(machine(uri, **more))
    return read_template(path)


@pytest.mark.parametrize(("name", "text", "line"), [("a.json", ASL, 5), ("a.asl.yaml", ASL_YAML, 5)])
@pytest.mark.parametrize("kind", ["serverless", "packaged"])
def test_a_local_definition_is_read(tmp_path: Path, name: str, text: str, line: int, kind: str) -> None:
    (tmp_path / "definitions").mkdir()
    path = tmp_path / "definitions" / name
    path.write_text(text.replace("!Sub ", ""))
    more = (
        {}
        if kind == "serverless"
        else {"kind": "AWS::StepFunctions::StateMachine", "name": "DefinitionS3Location"}
    )
    result = beside(tmp_path, f"../definitions/{name}", **more)
    found = deployment(result)
    (subnet,) = found.each(Subnet)
    only = job(found)
    assert only.subnets == (subnet.identity, Unknown("parameter Open has no default", "${Open}"))
    assert (only.location.file, only.location.line, only.location.end_line) == (str(path), line, line)
    assert only.at("subnets") == only.location
    assert str(path) in result.files_read


@pytest.mark.parametrize("uri", ["s3://bucket/key", "{Bucket: b, Key: k}", "https://x.s3.amazonaws.com/k"])
def test_a_definition_in_s3_is_out_of_sight(tmp_path: Path, uri: str) -> None:
    (document,) = deployment(beside(tmp_path, uri)).each(JobDocument)
    assert document.stored is True
    assert document.whole == Unknown("it lies in S3")


def test_an_address_that_is_not_known_is_undecided(tmp_path: Path) -> None:
    (document,) = deployment(beside(tmp_path, "!Ref Open")).each(JobDocument)
    assert document.whole == Unknown("parameter Open has no default")


def test_a_file_that_cannot_be_read_is_a_problem_at_the_line_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    outside = tmp_path.parent / f"{tmp_path.name}-outside.json"
    outside.write_text(ASL)
    (tmp_path / "app" / "link.json").symlink_to(outside)
    (tmp_path / "app" / "loop.json").symlink_to("loop.json")
    (tmp_path / "app" / "binary.json").write_bytes(b"{\x00}")
    for uri, part in {
        "nowhere.json": "No such file",
        str(outside): "neither in the folder of the template nor beside it",
        f"../../{outside.name}": "neither in the folder of the template nor beside it",
        "link.json": "neither in the folder of the template nor beside it",
        "loop.json": "loop",
        "binary.json": "binary",
        ".": "no regular file",
    }.items():
        (problem,) = beside(tmp_path, uri).problems
        assert problem.location.file.endswith("template.yaml")
        assert problem.location.line == 11, uri
        assert "`Machine`: the state machine's definition: " in problem.message
        assert part in problem.message
    outside.unlink()


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ('{\n  "StartAt": "A",\n  "States": {"A" 1}\n}', 3, "it is no JSON"),
        ("a:\n  b: [\n", 3, "not valid YAML"),
        ("", 1, "empty"),
        ("a: &x [*x]", 1, "contains itself"),
        ("{" * 200, 1, "100 levels"),
        ("- " * 300, 1, "100 levels"),
        ("x" * (2**20 + 1), 1, "1,048,576"),
    ],
)
def test_a_broken_file_is_a_problem_in_that_file(tmp_path: Path, text: str, line: int, part: str) -> None:
    path = tmp_path / "app" / "a.asl.json"
    path.parent.mkdir()
    path.write_text(text)
    (problem,) = beside(tmp_path, "a.asl.json").problems
    assert (problem.location.file, problem.location.line) == (str(path), line)
    assert part in problem.message


# -- Terraform -------------------------------------------------------------------------------------------

TERRAFORM = """\
variable "open" {}
variable "opens" { type = list(string) }
variable "env" { default = "dev" }
resource "aws_subnet" "a" {
  vpc_id     = "vpc-1"
  cidr_block = "10.0.0.0/24"
}
"""
STEP = '{"Steps": [{"Name": "Train", "Type": "Training", "Arguments": {"VpcConfig": {"Subnets": %s}}}]}'


def terraform(folder: Path, definition: str, more: str = "") -> Deployment:
    pipeline = f'resource "aws_sagemaker_pipeline" "p" {{\n  pipeline_definition = {definition}\n}}\n'
    (folder / "main.tf").write_text(TERRAFORM + pipeline + more)
    return deployment(read_roots([folder]))


def subnets(found: Deployment) -> list[str]:
    """Return the subnets of the one job: `a` for the resource, the reason for what is unknown."""
    (subnet,) = found.each(Subnet)
    only = job(found)
    assert isinstance(only.subnets, tuple), only.subnets
    return ["a" if item == subnet.identity else item for item in reasons(only.subnets)]


OPEN = "variable open has no default"
OPENS = "variable opens has no default"
ENCODED = (
    'jsonencode({ Steps = [{ Name = "Train", Type = "Training", Arguments = {\n'
    "  VpcConfig = { Subnets = %s }\n}}]})"
)
FORMATTED = "format(" + json.dumps(STEP % '["@"]').replace("@", "%s") + ", var.open)"
EXPRESSIONS = {
    "encoded": (ENCODED % "[aws_subnet.a.id, var.open]", ["a", OPEN]),
    "encoded object with an open key": (
        ENCODED.replace("Steps =", '"${var.open}-x" = 1, Steps =') % "[aws_subnet.a.id]",
        ["a"],
    ),
    "encoded list and more": (ENCODED % "concat([aws_subnet.a.id], var.opens)", ["a", OPENS]),
    "heredoc": (
        "<<EOT\n" + STEP % '["${aws_subnet.a.id}", "${var.open}", "x-${var.env}"]' + "\nEOT",
        ["a", OPEN, "x-dev"],
    ),
    "bare": (
        "<<-EOT\n    " + STEP % "[${jsonencode(aws_subnet.a.id)}, ${var.open}]" + "\n  EOT",
        ["a", OPEN],
    ),
    "rendered list": (
        "<<EOT\n" + STEP % '${jsonencode([aws_subnet.a.id, "b"])}' + "\nEOT",
        ["a", "b"],
    ),
    "directives": (
        "<<EOT\n"
        + STEP % '[%{ for i, s in [aws_subnet.a.id, var.open] }%{ if i > 0 },%{ endif }"${s}"%{ endfor }]'
        + "\nEOT",
        ["a", OPEN],
    ),
    "directives over an unknown list": (
        "<<EOT\n" + STEP % '[%{ for s in var.opens ~}\n"${s}",\n%{ endfor ~}\n"b"]' + "\nEOT",
        [OPENS, "b"],
    ),
    "a choice": (
        "<<EOT\n"
        + STEP % '["%{ if var.env == "dev" ~} d %{~ else }p%{ endif }", "%{ if var.open }x%{ endif }"]'
        + "\nEOT",
        ["d", OPEN],
    ),
    "template": (
        'templatefile("${path.module}/t.json", { list = [aws_subnet.a.id], one = var.open })',
        ["a", OPEN],
    ),
    "replaced": (
        'replace(replace(file("${path.module}/f.json"), "ONE", aws_subnet.a.id), "TWO", var.open)',
        ["a", OPEN],
    ),
    "formatted": (FORMATTED, [OPEN]),
    "decoded and merged": (
        'jsonencode(merge(jsondecode(file("${path.module}/f.json")), { Metadata = var.open }))',
        ["ONE", "TWO"],
    ),
    "yaml": ('jsonencode(yamldecode(templatefile("${path.module}/t.yaml", { one = var.open })))', [OPEN]),
    "template_file": ("data.template_file.t.rendered", ["a", OPEN]),
    "local_file": ("data.local_file.f.content", ["ONE", "TWO"]),
    "local": ("local.body", ["a", OPEN]),
}
MORE = """\
data "template_file" "t" {
  template = file("${path.module}/v.json")
  vars     = { one = aws_subnet.a.id, two = var.open }
}
data "local_file" "f" {
  filename = "${path.module}/f.json"
}
locals {
  body = jsonencode({ Steps = [{ Name = "Train", Type = "Training", Arguments = {
    VpcConfig = { Subnets = [aws_subnet.a.id, var.open] }
  }}]})
}
"""


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_terraform_expressions_keep_tokens_and_name_each_gap(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.json").write_text(STEP % "${jsonencode(concat(list, [one]))}")
    (tmp_path / "f.json").write_text(STEP % '["ONE", "TWO"]')
    (tmp_path / "v.json").write_text(STEP % '["${one}", "${two}"]')
    (tmp_path / "t.yaml").write_text(
        "Steps:\n  - Name: Train\n    Type: Training\n    Arguments: {VpcConfig: {Subnets: ['${one}']}}\n"
    )
    expression, expected = EXPRESSIONS[name]
    assert subnets(terraform(tmp_path, expression, MORE)) == expected


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ('file("${path.module}/nowhere.json")', "nowhere.json could not be read"),
        ('templatefile("${path.module}/nowhere.json", {})', "nowhere.json could not be read"),
        ('file("../../../etc/hostname")', "outside of the root module"),
        ("var.open", OPEN),
        ('file("${path.module}/${var.open}.json")', OPEN),
        ("data.template_file.x.rendered", OPEN),
    ],
)
def test_what_terraform_expressions_leave_open_has_its_reason(
    tmp_path: Path, expression: str, part: str
) -> None:
    (tmp_path / "root").mkdir()
    more = 'data "template_file" "x" {\n  template = var.open\n}\n'
    (document,) = terraform(tmp_path / "root", expression, more).each(JobDocument)
    assert document.whole is not None
    assert part in document.whole.reason


def test_texts_of_terraform_do_not_multiply_without_end(tmp_path: Path) -> None:
    doubled = "".join(f'  t{n} = "${{local.t{n - 1}}}${{local.t{n - 1}}}"\n' for n in range(1, 40))
    loops = "%{ for a in range(60) }%{ for b in range(1000) }%{ endfor }%{ endfor }"
    more = f'locals {{\n  t0 = "xxxxxxxx${{var.open}}"\n{doubled}}}\n'
    for definition in (
        "local.t39",
        f"<<EOT\n{loops}${{var.open}}\nEOT",
        'replace(local.t12, "x", local.t12)',
    ):
        (document,) = terraform(tmp_path, definition, more).each(JobDocument)
        assert document.whole is not None


def test_terraform_lines_of_steps(tmp_path: Path) -> None:
    found = terraform(
        tmp_path,
        """jsonencode({
    Parameters = [{ DisplayName = "Train" }]
    Steps = [
      {
        Name      = "Train"
        Type      = "Training"
        Arguments = { TrainingJobName = "Later" }
      },
      { "Name" : "Later", Type = "Training", DependsOn = ["Train"], Arguments = {} },
    ]
  })""",
    )
    first = TERRAFORM.count("\n") + 2
    assert [(each.step.split("`")[1], each.location.line - first) for each in found.each(Job)] == [
        ("Train", 4),
        ("Later", 8),
    ]


MACHINE = 'resource "aws_sfn_state_machine" "m" {\n  definition = %s\n}\n'
TASK = '"arn:aws:states:::sagemaker:createTrainingJob.sync"'


def test_terraform_lines_of_states(tmp_path: Path) -> None:
    encoded = f"""jsonencode({{
    StartAt = "Train"
    States = {{
      Wait = {{ Type = "Wait", Seconds = 1, Next = "Train" }}
      Train = {{
        Type = "Task", Resource = {TASK}, Parameters = {{ Train = "x", "Other" = 1 }}, Next = "Other"
      }}
      "Other" = {{ Type = "Task", Resource = {TASK}, Parameters = {{}}, End = true }}
    }}
  }})"""
    heredoc = f"""<<EOT
{{
  "StartAt": "Train", "Comment": "Train: it trains",
  "States": {{
    "Train": {{"Type": "Task", "Resource": {TASK}, "Parameters": {{}}, "Next": "Other"}},
    "Other":
      {{"Type": "Task", "Resource": {TASK}, "Parameters": {{}}, "End": true}}
  }}
}}
EOT"""
    for definition, lines in ((encoded, [4, 7]), (heredoc, [4, 5])):
        (tmp_path / "main.tf").write_text(MACHINE % definition)
        found = deployment(read_roots([tmp_path]))
        assert sorted(each.location.line - 2 for each in found.each(Job)) == lines


def test_awscc_state_machines_are_located_by_the_names_of_their_states(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f"""\
resource "awscc_stepfunctions_state_machine" "m" {{
  definition = {{
    StartAt = "Train"
    States = {{
      Train = {{ Type = "Task", Resource = {TASK}, Parameters = {{}}, End = true }}
    }}
  }}
}}
""")
    assert job(deployment(read_roots([tmp_path]))).location.line == 5


def test_terraform_broken_json_is_a_problem_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(MACHINE % '<<EOT\n{\n  "StartAt": "A",\n}\nEOT')
    (problem,) = read_roots([tmp_path]).problems
    assert problem.location.line == 5
    assert "it is no JSON" in problem.message


# -- lines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "is_name", "is_key"),
    [
        ('"Name": "Train"', True, False),
        ('{"Name":"Train","Type":"Training"}', True, False),
        (r"{\"Name\":\"Train\",", True, False),
        (r"\n\"Name\": \"Train\"", True, False),
        ('Name = "Train"', True, False),
        ("- Name: Train", True, False),
        ("Name: Train # the first", True, False),
        ("{Name: Train, Type: Training}", True, False),
        ("Name: 'Train'", True, False),
        ('"DisplayName": "Train"', False, False),
        ('"Name": "Train-2"', False, False),
        ("Name: Train two", False, False),
        ('"Next": "Train"', False, False),
        ('"DependsOn": ["Train"]', False, False),
        ('"Train": {', False, True),
        (r'"States\":{\"Train\":{\"Type\"', False, True),
        ("Train = {", False, True),
        ('"Train" : {', False, True),
        ("Train:", False, True),
        ("Train: # it trains", False, True),
        ("Train = local.train", False, True),
        ('"Train": "x"', False, False),
        (r"\"Train\":\"x\"", False, False),
        ('Train = ["x"]', False, False),
        ('"Train": 12', False, False),
        ('"Train": null', False, False),
        ("Pre-Train = {", False, False),
        ("local.Train = {", False, False),
        ("if Train == {}", False, False),
    ],
)
def test_what_names_a_step(line: str, *, is_name: bool, is_key: bool) -> None:
    for are_keys, expected in ((False, is_name), (True, is_key)):
        named = lines_of_steps(["", line], are_keys=are_keys)
        assert named.get("Train") == ([1] if expected else None)


def test_all_lines_of_a_name_are_told_and_quotes_count_first() -> None:
    lines = ['"Name": "A"', "", '"Name": "A", "Name": "A+(b"', "# Name: A", "Name: B"]
    assert lines_of_steps(lines, are_keys=False) == {"A": [0, 2], "A+(b": [2], "B": [4]}


@pytest.mark.parametrize("unit", ["\\", "a ", "Name ", '"', '"a', "Name:", " ", "Name= ", "a.", "':"])
def test_no_line_takes_long(unit: str) -> None:
    line = unit * (400_000 // len(unit))
    started = process_time()
    for are_keys in (False, True):
        assert "Train" not in lines_of_steps([line, line], are_keys=are_keys)
    assert process_time() - started < 20
