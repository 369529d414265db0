"""What counts as a template, by content."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sagemaker_netlint.readers.cloudformation.sniff import looks_like_template

RESOURCES = {"A": {"Type": "AWS::S3::Bucket"}}
TEMPLATES = {
    "version": "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n",
    "version alone": "AWSTemplateFormatVersion: '2010-09-09'\nDescription: nothing yet\n",
    "quoted keys": "'Resources':\n  A: {Type: 'AWS::S3::Bucket'}\n",
    "resources": "# a comment\nResources:\n  A:\n    Type: AWS::S3::Bucket\n",
    "resources of the wrong type": "Resources: [1, 2]\n",
    "serverless": "Transform: AWS::Serverless-2016-10-31\nGlobals: {}\n",
    "serverless in a list": "Transform:\n  - Other\n  - AWS::Serverless-2016-10-31\n",
    "json": json.dumps({"Description": "x", "Resources": RESOURCES}),
    "pretty json": json.dumps({"Parameters": {"P": {"Type": "String"}}, "Resources": RESOURCES}, indent=2),
    "byte-order mark": "\ufeffResources: {}\n",
    "broken json": '{"Resources": {"A": {"Type": "AWS::S3::Bucket"',
    "broken json of resources": '{"Foo": {"Type": "AWS::S3::Bucket", }',
    "broken yaml": "Foo:\n  A: [\n  Type: AWS::S3::Bucket\n",
    "indented root": "  Resources:\n    A:\n      Type: AWS::S3::Bucket\n",
    "flow": "{Resources: {A: {Type: AWS::S3::Bucket}}}",
    "document start": "---\nResources:\n  A: {Type: Custom::X}\n",
}
OTHERS = {
    "empty": "",
    "kubernetes": "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - resources: {limits: {cpu: 1}}\n",
    "config map": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  t.yaml: |\n"
        "    AWSTemplateFormatVersion: 2010-09-09\n    Resources:\n      A:\n        Type: AWS::S3::Bucket\n"
    ),
    "kustomization": "resources:\n- a.yaml\n",
    "workflow": "name: ci\non: push\njobs:\n  a:\n    steps:\n    - run: echo Resources\n",
    "package.json": json.dumps({"name": "x", "dependencies": {"Resources": "1"}}),
    "nested json": json.dumps({"x": {"Resources": RESOURCES, "AWSTemplateFormatVersion": "2010-09-09"}}),
    "text in json": json.dumps({"template": json.dumps({"Resources": RESOURCES})}),
    "json list": json.dumps([{"Resources": RESOURCES}]),
    "helm": "{{- if .Values.x }}\napiVersion: v1\nkind: Service\n{{- end }}\n",
    "compose": "services:\n  web:\n    image: nginx\n    deploy: {resources: {}}\n",
    "serverless framework": "service: x\nresources:\n  Resources:\n    A:\n      Type: AWS::S3::Bucket\n",
    "plan": json.dumps({"format_version": "1.2", "terraform_version": "1.11.0", "planned_values": {}}),
    "cdk manifest": json.dumps({"version": "36", "artifacts": {"A": {"type": "aws:cloudformation:stack"}}}),
    "prose": "Resources are needed here, of Type AWS.\n",
    "state machine": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn"}}}),
    "broken yaml of others": "a: [\nb: c\n",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_ours(name: str) -> None:
    assert looks_like_template(TEMPLATES[name])


@pytest.mark.parametrize("name", OTHERS)
def test_not_ours(name: str) -> None:
    assert not looks_like_template(OTHERS[name])


def test_a_clear_no_imports_no_yaml() -> None:
    texts = [OTHERS[name] for name in ("kubernetes", "package.json", "plan")]
    script = (
        "import sys\n"
        "from sagemaker_netlint.readers.cloudformation.sniff import looks_like_template\n"
        f"answers = [looks_like_template(text) for text in {texts!r}]\n"
        "print(any(answers), 'yaml' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
