variable "cidr" {}
variable "networks" {}
variable "nat" {}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "this" {
  for_each = var.networks

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 8, each.value)
  availability_zone = "eu-west-1${each.key}"
}

resource "aws_internet_gateway" "this" {
  count  = var.nat ? 1 : 0
  vpc_id = aws_vpc.this.id
}

resource "aws_default_route_table" "this" {
  default_route_table_id = aws_vpc.this.default_route_table_id

  dynamic "route" {
    for_each = aws_internet_gateway.this

    content {
      cidr_block = "0.0.0.0/0"
      gateway_id = route.value.id
    }
  }
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_ec2_transit_gateway" "this" {
  count = var.nat ? 0 : 1
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.this.id
  destination_cidr_block = "0.0.0.0/0"
  transit_gateway_id     = try(aws_ec2_transit_gateway.this[0].id, null)
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.this.id
}

resource "aws_vpc_endpoint" "this" {
  for_each = {
    s3      = "Gateway"
    api     = "Interface"
    runtime = "Interface"
  }

  vpc_id              = aws_vpc.this.id
  service_name        = each.key == "s3" ? "com.amazonaws.eu-west-1.s3" : "com.amazonaws.eu-west-1.sagemaker.${each.key}"
  vpc_endpoint_type   = each.value
  private_dns_enabled = each.value == "Interface" ? true : null
  subnet_ids          = each.value == "Interface" ? [for subnet in aws_subnet.this : subnet.id] : null
  route_table_ids     = each.value == "Gateway" ? [aws_route_table.this.id] : null
}

output "all" {
  value = {
    vpc     = aws_vpc.this.id
    subnets = aws_subnet.this
  }
}
