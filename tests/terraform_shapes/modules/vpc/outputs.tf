output "id" {
  value = aws_vpc.this.id
}

output "private_subnets" {
  value = aws_subnet.private[*].id
}

output "groups" {
  value = { for name, group in aws_security_group.this : name => group.id }
}
