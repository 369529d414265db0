resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  count = length(var.zones)

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, count.index)
  availability_zone = var.zones[count.index]
}

resource "aws_subnet" "public" {
  for_each = var.public

  vpc_id                  = aws_vpc.this.id
  cidr_block              = each.value
  availability_zone       = each.key
  map_public_ip_on_launch = true
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_nat_gateway" "this" {
  for_each = var.nat ? aws_subnet.public : {}

  subnet_id         = each.value.id
  connectivity_type = "public"
  allocation_id     = "eipalloc-0123456789abcdef0"
}

resource "aws_route_table" "private" {
  count  = length(aws_subnet.private)
  vpc_id = aws_vpc.this.id

  dynamic "route" {
    for_each = var.nat ? [values(aws_nat_gateway.this)[count.index].id] : []

    content {
      cidr_block     = "0.0.0.0/0"
      nat_gateway_id = route.value
    }
  }
}

resource "aws_route_table_association" "private" {
  count = length(aws_subnet.private)

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.*.id[count.index]
}

resource "aws_security_group" "this" {
  for_each = var.groups

  name   = each.key
  vpc_id = aws_vpc.this.id

  dynamic "ingress" {
    for_each = var.trusted

    content {
      protocol    = "tcp"
      from_port   = each.value
      to_port     = each.value
      cidr_blocks = [ingress.value]
    }
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = toset(["sagemaker.api", "sagemaker.runtime"])

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${substr(var.zones[0], 0, length(var.zones[0]) - 1)}.${each.value}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = contains(["sagemaker.api"], each.value)
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [for group in aws_security_group.this : group.id]
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = join(".", ["com.amazonaws", "eu-west-1", "s3"])
  route_table_ids = aws_route_table.private[*].id
}
