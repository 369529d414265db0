# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws//modules/vpc-endpoints makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

variable "create" {
  default = true
}

variable "vpc_id" {
  default = null
}

variable "endpoints" {
  default = {}
}

variable "subnet_ids" {
  default = []
}

variable "security_group_ids" {
  default = []
}

variable "create_security_group" {
  default = false
}

variable "security_group_rules" {
  default = {}
}
