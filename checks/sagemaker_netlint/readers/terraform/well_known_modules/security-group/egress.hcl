# A stand-in of sagemaker-netlint: what terraform-aws-modules/security-group/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

resource "aws_security_group_rule" "egress_rules" {
  count             = var.create ? length(var.egress_rules) : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = local.named[var.egress_rules[count.index]][0]
  to_port           = local.named[var.egress_rules[count.index]][1]
  protocol          = local.named[var.egress_rules[count.index]][2]
  cidr_blocks       = var.egress_cidr_blocks
  ipv6_cidr_blocks  = var.egress_ipv6_cidr_blocks
}

resource "aws_security_group_rule" "egress_with_self" {
  count             = var.create ? length(var.egress_with_self) : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.egress_with_self[count.index].from_port, local.named[var.egress_with_self[count.index].rule][0])
  to_port           = try(var.egress_with_self[count.index].to_port, local.named[var.egress_with_self[count.index].rule][1])
  protocol          = try(var.egress_with_self[count.index].protocol, local.named[var.egress_with_self[count.index].rule][2])
  self              = try(var.egress_with_self[count.index].self, true)
}

resource "aws_security_group_rule" "egress_with_cidr_blocks" {
  count             = var.create ? length(var.egress_with_cidr_blocks) : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.egress_with_cidr_blocks[count.index].from_port, local.named[var.egress_with_cidr_blocks[count.index].rule][0])
  to_port           = try(var.egress_with_cidr_blocks[count.index].to_port, local.named[var.egress_with_cidr_blocks[count.index].rule][1])
  protocol          = try(var.egress_with_cidr_blocks[count.index].protocol, local.named[var.egress_with_cidr_blocks[count.index].rule][2])
  cidr_blocks       = try(split(",", var.egress_with_cidr_blocks[count.index].cidr_blocks), var.egress_cidr_blocks)
}

resource "aws_security_group_rule" "egress_with_ipv6_cidr_blocks" {
  count             = var.create ? length(var.egress_with_ipv6_cidr_blocks) : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.egress_with_ipv6_cidr_blocks[count.index].from_port, local.named[var.egress_with_ipv6_cidr_blocks[count.index].rule][0])
  to_port           = try(var.egress_with_ipv6_cidr_blocks[count.index].to_port, local.named[var.egress_with_ipv6_cidr_blocks[count.index].rule][1])
  protocol          = try(var.egress_with_ipv6_cidr_blocks[count.index].protocol, local.named[var.egress_with_ipv6_cidr_blocks[count.index].rule][2])
  ipv6_cidr_blocks  = try(split(",", var.egress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks), var.egress_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "egress_with_source_security_group_id" {
  count             = var.create ? length(var.egress_with_source_security_group_id) : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.egress_with_source_security_group_id[count.index].from_port, local.named[var.egress_with_source_security_group_id[count.index].rule][0])
  to_port           = try(var.egress_with_source_security_group_id[count.index].to_port, local.named[var.egress_with_source_security_group_id[count.index].rule][1])
  protocol          = try(var.egress_with_source_security_group_id[count.index].protocol, local.named[var.egress_with_source_security_group_id[count.index].rule][2])
  source_security_group_id = var.egress_with_source_security_group_id[count.index].source_security_group_id
}

resource "aws_security_group_rule" "computed_egress_rules" {
  count             = var.create ? var.number_of_computed_egress_rules : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = local.named[var.computed_egress_rules[count.index]][0]
  to_port           = local.named[var.computed_egress_rules[count.index]][1]
  protocol          = local.named[var.computed_egress_rules[count.index]][2]
  cidr_blocks       = var.egress_cidr_blocks
  ipv6_cidr_blocks  = var.egress_ipv6_cidr_blocks
}

resource "aws_security_group_rule" "computed_egress_with_self" {
  count             = var.create ? var.number_of_computed_egress_with_self : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.computed_egress_with_self[count.index].from_port, local.named[var.computed_egress_with_self[count.index].rule][0])
  to_port           = try(var.computed_egress_with_self[count.index].to_port, local.named[var.computed_egress_with_self[count.index].rule][1])
  protocol          = try(var.computed_egress_with_self[count.index].protocol, local.named[var.computed_egress_with_self[count.index].rule][2])
  self              = try(var.computed_egress_with_self[count.index].self, true)
}

resource "aws_security_group_rule" "computed_egress_with_cidr_blocks" {
  count             = var.create ? var.number_of_computed_egress_with_cidr_blocks : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.computed_egress_with_cidr_blocks[count.index].from_port, local.named[var.computed_egress_with_cidr_blocks[count.index].rule][0])
  to_port           = try(var.computed_egress_with_cidr_blocks[count.index].to_port, local.named[var.computed_egress_with_cidr_blocks[count.index].rule][1])
  protocol          = try(var.computed_egress_with_cidr_blocks[count.index].protocol, local.named[var.computed_egress_with_cidr_blocks[count.index].rule][2])
  cidr_blocks       = try(split(",", var.computed_egress_with_cidr_blocks[count.index].cidr_blocks), var.egress_cidr_blocks)
}

resource "aws_security_group_rule" "computed_egress_with_ipv6_cidr_blocks" {
  count             = var.create ? var.number_of_computed_egress_with_ipv6_cidr_blocks : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.computed_egress_with_ipv6_cidr_blocks[count.index].from_port, local.named[var.computed_egress_with_ipv6_cidr_blocks[count.index].rule][0])
  to_port           = try(var.computed_egress_with_ipv6_cidr_blocks[count.index].to_port, local.named[var.computed_egress_with_ipv6_cidr_blocks[count.index].rule][1])
  protocol          = try(var.computed_egress_with_ipv6_cidr_blocks[count.index].protocol, local.named[var.computed_egress_with_ipv6_cidr_blocks[count.index].rule][2])
  ipv6_cidr_blocks  = try(split(",", var.computed_egress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks), var.egress_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "computed_egress_with_source_security_group_id" {
  count             = var.create ? var.number_of_computed_egress_with_source_security_group_id : 0
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(var.computed_egress_with_source_security_group_id[count.index].from_port, local.named[var.computed_egress_with_source_security_group_id[count.index].rule][0])
  to_port           = try(var.computed_egress_with_source_security_group_id[count.index].to_port, local.named[var.computed_egress_with_source_security_group_id[count.index].rule][1])
  protocol          = try(var.computed_egress_with_source_security_group_id[count.index].protocol, local.named[var.computed_egress_with_source_security_group_id[count.index].rule][2])
  source_security_group_id = var.computed_egress_with_source_security_group_id[count.index].source_security_group_id
}
