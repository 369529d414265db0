variable "settings" {}
variable "cidr" {}

module "network" {
  source = "./network"

  cidr     = var.cidr
  networks = var.settings.networks
  nat      = var.settings.nat
}

module "groups" {
  source   = "./groups"
  for_each = toset(["apps", "endpoints"])

  name = each.key
  vpc  = module.network.all.vpc
}

output "network" {
  value = module.network.all
}

output "groups" {
  value = { for name, group in module.groups : name => group.group }
}
