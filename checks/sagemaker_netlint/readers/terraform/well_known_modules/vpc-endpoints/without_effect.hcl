# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws//modules/vpc-endpoints makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

# Nothing that this program judges depends on these.

variable "tags" {
  default = null
}

variable "timeouts" {
  default = null
}

variable "security_group_name" {
  default = null
}

variable "security_group_name_prefix" {
  default = null
}

variable "security_group_description" {
  default = null
}

variable "security_group_tags" {
  default = null
}
