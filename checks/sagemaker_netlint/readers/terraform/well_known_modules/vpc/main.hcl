# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

locals {
  vpc_id = try(aws_vpc.this[0].id, null)
  makes  = { for tier, blocks in local.blocks : tier => var.create_vpc ? length(blocks) : 0 }
  blocks = {
    public      = local.public_fits ? var.public_subnets : []
    private     = var.private_subnets
    database    = var.database_subnets
    redshift    = var.redshift_subnets
    elasticache = var.elasticache_subnets
    intra       = var.intra_subnets
  }
  # NAT gateways in every zone need a public subnet in every zone: with fewer, none is made
  public_fits = var.one_nat_gateway_per_az ? length(var.public_subnets) >= length(var.azs) : true

  nat_count      = var.single_nat_gateway ? 1 : var.one_nat_gateway_per_az ? length(var.azs) : local.longest
  private_tables = var.create_vpc && local.has_private_tables ? local.nat_count : 0

  one_database_table = var.single_nat_gateway || var.create_database_internet_gateway_route
  own_database       = var.create_database_subnet_route_table && local.makes["database"] > 0
}

resource "aws_vpc" "this" {
  count                = var.create_vpc ? 1 : 0
  cidr_block           = var.cidr
  instance_tenancy     = var.instance_tenancy
  enable_dns_hostnames = var.enable_dns_hostnames
  enable_dns_support   = var.enable_dns_support
}

resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count      = var.create_vpc ? length(var.secondary_cidr_blocks) : 0
  vpc_id     = local.vpc_id
  cidr_block = var.secondary_cidr_blocks[count.index]
}

resource "aws_internet_gateway" "this" {
  count  = var.create_igw && local.makes["public"] > 0 ? 1 : 0
  vpc_id = local.vpc_id
}

resource "aws_subnet" "public" {
  count                   = local.makes["public"]
  vpc_id                  = local.vpc_id
  cidr_block              = var.public_subnets[count.index]
  availability_zone       = element(var.azs, count.index)
  map_public_ip_on_launch = var.map_public_ip_on_launch
}

resource "aws_subnet" "private" {
  count             = local.makes["private"]
  vpc_id            = local.vpc_id
  cidr_block        = var.private_subnets[count.index]
  availability_zone = element(var.azs, count.index)
}

resource "aws_subnet" "database" {
  count             = local.makes["database"]
  vpc_id            = local.vpc_id
  cidr_block        = var.database_subnets[count.index]
  availability_zone = element(var.azs, count.index)
}

resource "aws_subnet" "redshift" {
  count             = local.makes["redshift"]
  vpc_id            = local.vpc_id
  cidr_block        = var.redshift_subnets[count.index]
  availability_zone = element(var.azs, count.index)
}

resource "aws_subnet" "elasticache" {
  count             = local.makes["elasticache"]
  vpc_id            = local.vpc_id
  cidr_block        = var.elasticache_subnets[count.index]
  availability_zone = element(var.azs, count.index)
}

resource "aws_subnet" "intra" {
  count             = local.makes["intra"]
  vpc_id            = local.vpc_id
  cidr_block        = var.intra_subnets[count.index]
  availability_zone = element(var.azs, count.index)
}
