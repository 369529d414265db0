# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

resource "aws_route_table" "public" {
  count  = local.makes["public"] == 0 ? 0 : var.create_multiple_public_route_tables ? local.makes["public"] : 1
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "public" {
  count          = local.makes["public"]
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = element(aws_route_table.public[*].id, count.index)
}

resource "aws_route" "public_internet_gateway" {
  count                  = var.create_igw ? length(aws_route_table.public) : 0
  route_table_id         = aws_route_table.public[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table" "private" {
  count  = local.private_tables
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "private" {
  count          = local.makes["private"]
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = element(aws_route_table.private[*].id, count.index)
}

resource "aws_nat_gateway" "this" {
  count     = var.create_vpc && var.enable_nat_gateway ? local.nat_count : 0
  subnet_id = element(aws_subnet.public[*].id, count.index)
}

resource "aws_route" "private_nat_gateway" {
  count                  = var.enable_nat_gateway && var.create_private_nat_gateway_route ? local.private_tables : 0
  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = var.nat_gateway_destination_cidr_block
  nat_gateway_id         = aws_nat_gateway.this[count.index].id
}

resource "aws_route_table" "database" {
  count  = local.own_database ? (local.one_database_table ? 1 : local.makes["database"]) : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "database" {
  count          = local.makes["database"]
  subnet_id      = aws_subnet.database[count.index].id
  route_table_id = element(local.own_database ? aws_route_table.database[*].id : aws_route_table.private[*].id, count.index)
}

resource "aws_route" "database_internet_gateway" {
  count                  = local.own_database && var.create_igw && var.create_database_internet_gateway_route && !var.create_database_nat_gateway_route ? 1 : 0
  route_table_id         = aws_route_table.database[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route" "database_nat_gateway" {
  count                  = local.own_database && !var.create_database_internet_gateway_route && var.create_database_nat_gateway_route && var.enable_nat_gateway ? length(aws_route_table.database) : 0
  route_table_id         = aws_route_table.database[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route_table" "redshift" {
  count  = var.create_redshift_subnet_route_table && local.makes["redshift"] > 0 ? 1 : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table" "elasticache" {
  count  = var.create_elasticache_subnet_route_table && local.makes["elasticache"] > 0 ? 1 : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "redshift" {
  count          = var.enable_public_redshift ? 0 : local.makes["redshift"]
  subnet_id      = aws_subnet.redshift[count.index].id
  route_table_id = element(var.create_redshift_subnet_route_table ? aws_route_table.redshift[*].id : aws_route_table.private[*].id, count.index)
}

resource "aws_route_table_association" "redshift_public" {
  count          = var.enable_public_redshift ? local.makes["redshift"] : 0
  subnet_id      = aws_subnet.redshift[count.index].id
  route_table_id = element(var.create_redshift_subnet_route_table ? aws_route_table.redshift[*].id : aws_route_table.public[*].id, count.index)
}

resource "aws_route_table_association" "elasticache" {
  count          = local.makes["elasticache"]
  subnet_id      = aws_subnet.elasticache[count.index].id
  route_table_id = element(var.create_elasticache_subnet_route_table ? aws_route_table.elasticache[*].id : aws_route_table.private[*].id, count.index)
}

resource "aws_route_table" "intra" {
  count  = local.makes["intra"] == 0 ? 0 : var.create_multiple_intra_route_tables ? local.makes["intra"] : 1
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "intra" {
  count          = local.makes["intra"]
  subnet_id      = aws_subnet.intra[count.index].id
  route_table_id = element(aws_route_table.intra[*].id, count.index)
}

resource "aws_default_route_table" "default" {
  count                  = var.create_vpc && var.manage_default_route_table ? 1 : 0
  default_route_table_id = aws_vpc.this[0].default_route_table_id
}
