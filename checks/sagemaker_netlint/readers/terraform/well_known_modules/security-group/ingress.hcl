# A stand-in of sagemaker-netlint: what terraform-aws-modules/security-group/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

resource "aws_security_group_rule" "ingress_rules" {
  count             = var.create ? length(var.ingress_rules) : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = local.named[var.ingress_rules[count.index]][0]
  to_port           = local.named[var.ingress_rules[count.index]][1]
  protocol          = local.named[var.ingress_rules[count.index]][2]
  cidr_blocks       = var.ingress_cidr_blocks
  ipv6_cidr_blocks  = var.ingress_ipv6_cidr_blocks
}

resource "aws_security_group_rule" "ingress_with_self" {
  count             = var.create ? length(var.ingress_with_self) : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.ingress_with_self[count.index].from_port, local.named[var.ingress_with_self[count.index].rule][0])
  to_port           = try(var.ingress_with_self[count.index].to_port, local.named[var.ingress_with_self[count.index].rule][1])
  protocol          = try(var.ingress_with_self[count.index].protocol, local.named[var.ingress_with_self[count.index].rule][2])
  self              = try(var.ingress_with_self[count.index].self, true)
}

resource "aws_security_group_rule" "ingress_with_cidr_blocks" {
  count             = var.create ? length(var.ingress_with_cidr_blocks) : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.ingress_with_cidr_blocks[count.index].from_port, local.named[var.ingress_with_cidr_blocks[count.index].rule][0])
  to_port           = try(var.ingress_with_cidr_blocks[count.index].to_port, local.named[var.ingress_with_cidr_blocks[count.index].rule][1])
  protocol          = try(var.ingress_with_cidr_blocks[count.index].protocol, local.named[var.ingress_with_cidr_blocks[count.index].rule][2])
  cidr_blocks       = try(split(",", var.ingress_with_cidr_blocks[count.index].cidr_blocks), var.ingress_cidr_blocks)
}

resource "aws_security_group_rule" "ingress_with_ipv6_cidr_blocks" {
  count             = var.create ? length(var.ingress_with_ipv6_cidr_blocks) : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.ingress_with_ipv6_cidr_blocks[count.index].from_port, local.named[var.ingress_with_ipv6_cidr_blocks[count.index].rule][0])
  to_port           = try(var.ingress_with_ipv6_cidr_blocks[count.index].to_port, local.named[var.ingress_with_ipv6_cidr_blocks[count.index].rule][1])
  protocol          = try(var.ingress_with_ipv6_cidr_blocks[count.index].protocol, local.named[var.ingress_with_ipv6_cidr_blocks[count.index].rule][2])
  ipv6_cidr_blocks  = try(split(",", var.ingress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks), var.ingress_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "ingress_with_source_security_group_id" {
  count             = var.create ? length(var.ingress_with_source_security_group_id) : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.ingress_with_source_security_group_id[count.index].from_port, local.named[var.ingress_with_source_security_group_id[count.index].rule][0])
  to_port           = try(var.ingress_with_source_security_group_id[count.index].to_port, local.named[var.ingress_with_source_security_group_id[count.index].rule][1])
  protocol          = try(var.ingress_with_source_security_group_id[count.index].protocol, local.named[var.ingress_with_source_security_group_id[count.index].rule][2])
  source_security_group_id = var.ingress_with_source_security_group_id[count.index].source_security_group_id
}

resource "aws_security_group_rule" "computed_ingress_rules" {
  count             = var.create ? var.number_of_computed_ingress_rules : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = local.named[var.computed_ingress_rules[count.index]][0]
  to_port           = local.named[var.computed_ingress_rules[count.index]][1]
  protocol          = local.named[var.computed_ingress_rules[count.index]][2]
  cidr_blocks       = var.ingress_cidr_blocks
  ipv6_cidr_blocks  = var.ingress_ipv6_cidr_blocks
}

resource "aws_security_group_rule" "computed_ingress_with_self" {
  count             = var.create ? var.number_of_computed_ingress_with_self : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.computed_ingress_with_self[count.index].from_port, local.named[var.computed_ingress_with_self[count.index].rule][0])
  to_port           = try(var.computed_ingress_with_self[count.index].to_port, local.named[var.computed_ingress_with_self[count.index].rule][1])
  protocol          = try(var.computed_ingress_with_self[count.index].protocol, local.named[var.computed_ingress_with_self[count.index].rule][2])
  self              = try(var.computed_ingress_with_self[count.index].self, true)
}

resource "aws_security_group_rule" "computed_ingress_with_cidr_blocks" {
  count             = var.create ? var.number_of_computed_ingress_with_cidr_blocks : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.computed_ingress_with_cidr_blocks[count.index].from_port, local.named[var.computed_ingress_with_cidr_blocks[count.index].rule][0])
  to_port           = try(var.computed_ingress_with_cidr_blocks[count.index].to_port, local.named[var.computed_ingress_with_cidr_blocks[count.index].rule][1])
  protocol          = try(var.computed_ingress_with_cidr_blocks[count.index].protocol, local.named[var.computed_ingress_with_cidr_blocks[count.index].rule][2])
  cidr_blocks       = try(split(",", var.computed_ingress_with_cidr_blocks[count.index].cidr_blocks), var.ingress_cidr_blocks)
}

resource "aws_security_group_rule" "computed_ingress_with_ipv6_cidr_blocks" {
  count             = var.create ? var.number_of_computed_ingress_with_ipv6_cidr_blocks : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.computed_ingress_with_ipv6_cidr_blocks[count.index].from_port, local.named[var.computed_ingress_with_ipv6_cidr_blocks[count.index].rule][0])
  to_port           = try(var.computed_ingress_with_ipv6_cidr_blocks[count.index].to_port, local.named[var.computed_ingress_with_ipv6_cidr_blocks[count.index].rule][1])
  protocol          = try(var.computed_ingress_with_ipv6_cidr_blocks[count.index].protocol, local.named[var.computed_ingress_with_ipv6_cidr_blocks[count.index].rule][2])
  ipv6_cidr_blocks  = try(split(",", var.computed_ingress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks), var.ingress_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "computed_ingress_with_source_security_group_id" {
  count             = var.create ? var.number_of_computed_ingress_with_source_security_group_id : 0
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(var.computed_ingress_with_source_security_group_id[count.index].from_port, local.named[var.computed_ingress_with_source_security_group_id[count.index].rule][0])
  to_port           = try(var.computed_ingress_with_source_security_group_id[count.index].to_port, local.named[var.computed_ingress_with_source_security_group_id[count.index].rule][1])
  protocol          = try(var.computed_ingress_with_source_security_group_id[count.index].protocol, local.named[var.computed_ingress_with_source_security_group_id[count.index].rule][2])
  source_security_group_id = var.computed_ingress_with_source_security_group_id[count.index].source_security_group_id
}
