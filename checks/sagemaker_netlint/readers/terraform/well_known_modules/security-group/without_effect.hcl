# A stand-in of sagemaker-netlint: what terraform-aws-modules/security-group/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

# Nothing that this program judges depends on these.

variable "name" {
  default = null
}

variable "description" {
  default = null
}

variable "tags" {
  default = null
}

variable "revoke_rules_on_delete" {
  default = null
}

variable "create_timeout" {
  default = null
}

variable "delete_timeout" {
  default = null
}

variable "auto_groups" {
  default = null
}

variable "putin_khuylo" {
  default = null
}
