# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws//modules/vpc-endpoints makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

data "aws_region" "current" {}

locals {
  # keys of an item that are followed: another one may change the endpoint, so the whole call stays unread then
  followed_keys = {
    endpoints = [
      "create", "service", "service_name", "service_endpoint", "service_type", "subnet_ids", "security_group_ids",
      "route_table_ids", "private_dns_enabled", "policy", "auto_accept", "tags",
    ]
    security_group_rules = [
      "type", "protocol", "from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self",
      "source_security_group_id", "description",
    ]
  }

  wanted     = { for key, endpoint in var.endpoints : key => endpoint if var.create && try(endpoint.create, true) }
  own_groups = aws_security_group.this[*].id
}

resource "aws_vpc_endpoint" "this" {
  for_each          = local.wanted
  vpc_id            = var.vpc_id
  vpc_endpoint_type = try(each.value.service_type, "Interface")
  service_name = try(
    each.value.service_endpoint,
    each.value.service_name,
    "com.amazonaws.${data.aws_region.current.name}.${each.value.service}",
  )
  policy = try(each.value.policy, null)

  subnet_ids = (try(each.value.service_type, "Interface") == "Interface"
    ? distinct(concat(var.subnet_ids, try(each.value.subnet_ids, [])))
  : null)
  security_group_ids = (try(each.value.service_type, "Interface") == "Interface"
    ? distinct(concat(var.security_group_ids, local.own_groups, try(each.value.security_group_ids, [])))
  : null)
  private_dns_enabled = (try(each.value.service_type, "Interface") == "Interface"
    ? try(each.value.private_dns_enabled, null)
  : null)
  route_table_ids = (try(each.value.service_type, "Interface") == "Gateway"
    ? try(each.value.route_table_ids, null)
  : null)
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_security_group ? 1 : 0
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each                 = { for key, rule in var.security_group_rules : key => rule if var.create && var.create_security_group }
  security_group_id        = aws_security_group.this[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = try(each.value.from_port, 443)
  to_port                  = try(each.value.to_port, 443)
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
}

output "endpoints" {
  value = aws_vpc_endpoint.this
}

output "security_group_id" {
  value = try(aws_security_group.this[0].id, null)
}

output "security_group_arn" {
  value = try(aws_security_group.this[0].arn, null)
}
