# A stand-in of sagemaker-netlint: what terraform-aws-modules/security-group/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

# Followed only with these values: another one may change the rules, so the whole call stays unread then.

variable "rules" {
  default = null
}

variable "ingress_prefix_list_ids" {
  default = []
}

variable "egress_prefix_list_ids" {
  default = []
}
