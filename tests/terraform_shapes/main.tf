# Terraform as people write it: tests/test_terraform_against_plan.py holds our reading of it against the plan.

locals {
  env      = terraform.workspace == "default" ? "dev" : terraform.workspace
  zones    = [for letter in ["a", "b", "c"] : format("%s%s", var.region, letter)]
  networks = cidrsubnets(var.cidr, 4, 4, 8, 8)
  common   = merge(var.defaults, { direct = "Disabled" }, local.env == "prod" ? {} : { size = "ml.t3.large" })

  teams = flatten([
    for team, spec in var.teams : [
      for index in range(spec.notebooks) : {
        key    = "${team}-${index}"
        team   = team
        access = try(spec.access, local.common.direct)
      }
    ]
  ])

  doc = jsondecode(file("${path.module}/settings.json"))
  yml = yamldecode(<<-EOT
    groups:
      - name: apps
        port: 443
      - name: nfs
        port: 2049
  EOT
  )
}

module "vpc" {
  source = "./modules/vpc"

  cidr    = var.cidr
  zones   = slice(local.zones, 0, 2)
  public  = { for index, zone in slice(local.zones, 0, 2) : zone => local.networks[index + 2] }
  nat     = var.nat
  groups  = { for group in local.yml.groups : group.name => group.port }
  trusted = toset(concat(var.trusted, ["10.0.0.0/8", "10.0.0.0/8"]))
}

module "notebook" {
  source   = "./modules/notebook"
  for_each = { for item in local.teams : item.key => item }

  name    = each.key
  subnet  = element(module.vpc.private_subnets, index(keys({ for i in local.teams : i.key => i }), each.key))
  groups  = [module.vpc.groups["apps"]]
  access  = each.value.access
  enabled = each.value.team != "legacy"
}

resource "aws_sagemaker_domain" "this" {
  count = var.domains

  domain_name             = "studio-${count.index}"
  auth_mode               = "IAM"
  app_network_access_type = lookup(local.doc.modes, tostring(count.index), "PublicInternetOnly")
  vpc_id                  = module.vpc.id
  subnet_ids              = count.index == 0 ? module.vpc.private_subnets : [module.vpc.private_subnets[0]]

  default_user_settings {
    execution_role  = aws_iam_role.execution.arn
    security_groups = values(module.vpc.groups)
  }

  dynamic "default_space_settings" {
    for_each = count.index == 0 ? [1] : []

    content {
      execution_role  = aws_iam_role.execution.arn
      security_groups = [module.vpc.groups["nfs"]]
    }
  }
}

resource "aws_sagemaker_user_profile" "this" {
  for_each = { for pair in setproduct(["ana", "bo"], range(var.domains)) : "${pair[0]}-${pair[1]}" => pair }

  domain_id         = aws_sagemaker_domain.this[tonumber(each.value[1])].id
  user_profile_name = each.key

  user_settings {
    execution_role  = aws_iam_role.execution.arn
    security_groups = each.value[0] == "ana" ? [module.vpc.groups.apps] : null
  }
}

resource "aws_sagemaker_model" "this" {
  for_each = toset(["classifier", "ranker"])

  name                     = each.value
  execution_role_arn       = aws_iam_role.execution.arn
  enable_network_isolation = each.key == "ranker"

  dynamic "container" {
    for_each = each.key == "ranker" ? ["first", "second"] : ["only"]
    iterator = stage

    content {
      image              = join(":", ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/${each.key}", stage.value])
      container_hostname = "${stage.value}-${stage.key}"

      dynamic "image_config" {
        for_each = stage.key == 0 ? [{ mode = "Vpc" }] : []

        content {
          repository_access_mode = image_config.value.mode
        }
      }
    }
  }

  dynamic "vpc_config" {
    for_each = each.key == "ranker" ? [] : [module.vpc]

    content {
      subnets            = vpc_config.value.private_subnets
      security_group_ids = [for name, id in vpc_config.value.groups : id if name == "apps"]
    }
  }
}

resource "aws_sagemaker_notebook_instance" "scripted" {
  name                   = lower(replace("Shared Notebook", " ", "-"))
  role_arn               = aws_iam_role.execution.arn
  instance_type          = coalesce(var.instance_type, local.common.size)
  subnet_id              = one([module.vpc.private_subnets[1]])
  security_groups        = compact(["", module.vpc.groups["apps"], null == null ? "" : "x"])
  direct_internet_access = title(lower(trimspace(" DISABLED ")))
  platform_identifier    = "notebook-al2-v${max(1, 3)}"
}

resource "aws_iam_role" "execution" {
  name = "execution"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}
