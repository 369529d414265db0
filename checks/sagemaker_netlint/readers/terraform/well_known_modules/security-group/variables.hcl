# A stand-in of sagemaker-netlint: what terraform-aws-modules/security-group/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

variable "create" {
  default = true
}

variable "create_sg" {
  default = true
}

variable "security_group_id" {
  default = null
}

variable "vpc_id" {
  default = null
}

variable "use_name_prefix" {
  default = true
}

variable "ingress_rules" {
  default = []
}

variable "ingress_with_self" {
  default = []
}

variable "ingress_with_cidr_blocks" {
  default = []
}

variable "ingress_with_ipv6_cidr_blocks" {
  default = []
}

variable "ingress_with_source_security_group_id" {
  default = []
}

variable "computed_ingress_rules" {
  default = []
}

variable "number_of_computed_ingress_rules" {
  default = 0
}

variable "computed_ingress_with_self" {
  default = []
}

variable "number_of_computed_ingress_with_self" {
  default = 0
}

variable "computed_ingress_with_cidr_blocks" {
  default = []
}

variable "number_of_computed_ingress_with_cidr_blocks" {
  default = 0
}

variable "computed_ingress_with_ipv6_cidr_blocks" {
  default = []
}

variable "number_of_computed_ingress_with_ipv6_cidr_blocks" {
  default = 0
}

variable "computed_ingress_with_source_security_group_id" {
  default = []
}

variable "number_of_computed_ingress_with_source_security_group_id" {
  default = 0
}

variable "egress_rules" {
  default = []
}

variable "egress_with_self" {
  default = []
}

variable "egress_with_cidr_blocks" {
  default = []
}

variable "egress_with_ipv6_cidr_blocks" {
  default = []
}

variable "egress_with_source_security_group_id" {
  default = []
}

variable "computed_egress_rules" {
  default = []
}

variable "number_of_computed_egress_rules" {
  default = 0
}

variable "computed_egress_with_self" {
  default = []
}

variable "number_of_computed_egress_with_self" {
  default = 0
}

variable "computed_egress_with_cidr_blocks" {
  default = []
}

variable "number_of_computed_egress_with_cidr_blocks" {
  default = 0
}

variable "computed_egress_with_ipv6_cidr_blocks" {
  default = []
}

variable "number_of_computed_egress_with_ipv6_cidr_blocks" {
  default = 0
}

variable "computed_egress_with_source_security_group_id" {
  default = []
}

variable "number_of_computed_egress_with_source_security_group_id" {
  default = 0
}

variable "ingress_cidr_blocks" {
  default = []
}

variable "ingress_ipv6_cidr_blocks" {
  default = []
}

variable "egress_cidr_blocks" {
  default = ["0.0.0.0/0"]
}

variable "egress_ipv6_cidr_blocks" {
  default = ["::/0"]
}
