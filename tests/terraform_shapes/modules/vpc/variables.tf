variable "cidr" {}
variable "zones" { type = list(string) }
variable "public" { type = map(string) }
variable "nat" { type = bool }
variable "groups" { type = map(number) }
variable "trusted" { type = set(string) }
