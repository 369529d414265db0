"""The CloudFormation reader: templates in YAML and JSON, evaluated offline, a deployment per variant."""
