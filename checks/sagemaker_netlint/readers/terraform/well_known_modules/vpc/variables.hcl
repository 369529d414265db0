# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

variable "create_vpc" {
  default = true
}

variable "name" {
  default = ""
}

variable "cidr" {
  default = "10.0.0.0/16"
}

variable "secondary_cidr_blocks" {
  default = []
}

variable "instance_tenancy" {
  default = "default"
}

variable "azs" {
  default = []
}

variable "enable_dns_support" {
  default = true
}

variable "create_igw" {
  default = true
}

variable "enable_nat_gateway" {
  default = false
}

variable "single_nat_gateway" {
  default = false
}

variable "one_nat_gateway_per_az" {
  default = false
}

variable "create_private_nat_gateway_route" {
  default = true
}

variable "nat_gateway_destination_cidr_block" {
  default = "0.0.0.0/0"
}

variable "create_multiple_public_route_tables" {
  default = false
}

variable "create_multiple_intra_route_tables" {
  default = false
}

variable "create_database_subnet_route_table" {
  default = false
}

variable "create_database_internet_gateway_route" {
  default = false
}

variable "create_database_nat_gateway_route" {
  default = false
}

variable "create_redshift_subnet_route_table" {
  default = false
}

variable "enable_public_redshift" {
  default = false
}

variable "create_elasticache_subnet_route_table" {
  default = false
}

variable "default_security_group_ingress" {
  default = []
}

variable "default_security_group_egress" {
  default = []
}

variable "default_network_acl_ingress" {
  default = [
    { rule_no = 100, action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
    { rule_no = 101, action = "allow", from_port = 0, to_port = 0, protocol = "-1", ipv6_cidr_block = "::/0" },
  ]
}

variable "default_network_acl_egress" {
  default = [
    { rule_no = 100, action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
    { rule_no = 101, action = "allow", from_port = 0, to_port = 0, protocol = "-1", ipv6_cidr_block = "::/0" },
  ]
}

variable "public_subnets" {
  default = []
}

variable "public_dedicated_network_acl" {
  default = false
}

variable "public_inbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "public_outbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "private_subnets" {
  default = []
}

variable "private_dedicated_network_acl" {
  default = false
}

variable "private_inbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "private_outbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "database_subnets" {
  default = []
}

variable "database_dedicated_network_acl" {
  default = false
}

variable "database_inbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "database_outbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "redshift_subnets" {
  default = []
}

variable "redshift_dedicated_network_acl" {
  default = false
}

variable "redshift_inbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "redshift_outbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "elasticache_subnets" {
  default = []
}

variable "elasticache_dedicated_network_acl" {
  default = false
}

variable "elasticache_inbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "elasticache_outbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "intra_subnets" {
  default = []
}

variable "intra_dedicated_network_acl" {
  default = false
}

variable "intra_inbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}

variable "intra_outbound_acl_rules" {
  default = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = "0.0.0.0/0" },
  ]
}
