# Every way in which a policy comes to somebody: tests/test_identities.py reads this as HCL and as a plan.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "inline" {
  name               = "example"
  assume_role_policy = data.aws_iam_policy_document.trust.json

  inline_policy {
    name = "jobs"
    policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = "sagemaker:CreateTrainingJob", Resource = "*" }]
    })
  }
}

resource "aws_iam_role" "unnamed" {
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess", aws_iam_policy.jobs.arn]
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_policy" "jobs" {
  name_prefix = "jobs"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Jobs", Effect = "Allow", Action = ["sagemaker:Create*"], Resource = "*" }]
  })
}

resource "aws_iam_policy" "boundary" {
  name = "boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Boundary", Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_policy" "nobodys" {
  name = "nobodys"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Nobodys", Effect = "Allow", Action = "sagemaker:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "attached" {
  name_prefix        = "attached"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "attached" {
  for_each = {
    own  = aws_iam_policy.jobs.arn
    text = "arn:aws:iam::123456789012:policy/boundary"
    aws  = "arn:aws:iam::aws:policy/AdministratorAccess"
  }

  role       = aws_iam_role.attached.name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "attached" {
  name = "embedded"
  role = aws_iam_role.attached.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Sid = "Embedded", Effect = "Deny", Action = "sagemaker:DeleteModel", Resource = "*" }
  })
}

resource "aws_iam_user" "user" {
  name                 = "user"
  permissions_boundary = "arn:aws:iam::123456789012:policy/elsewhere"
}

resource "aws_iam_user_policy" "user" {
  name = "users"
  user = aws_iam_user.user.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Users", Effect = "Allow", Action = "sagemaker:CreateDomain", Resource = "*" }]
  })
}

resource "aws_iam_user_policy_attachment" "user" {
  user       = "user"
  policy_arn = aws_iam_policy.jobs.arn
}

resource "aws_iam_user" "member" {
  name = "member"
}

resource "aws_iam_group" "group" {
  name = "group"
}

resource "aws_iam_group_policy" "group" {
  name  = "groups"
  group = aws_iam_group.group.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Groups", Effect = "Deny", Action = "sagemaker:CreateModel", Resource = "*" }]
  })
}

resource "aws_iam_group_policy_attachment" "group" {
  group      = aws_iam_group.group.name
  policy_arn = aws_iam_policy.jobs.arn
}

resource "aws_iam_group_membership" "group" {
  name  = "members"
  group = aws_iam_group.group.name
  users = [aws_iam_user.member.name]
}

resource "aws_iam_user_group_membership" "user" {
  user   = aws_iam_user.user.name
  groups = [aws_iam_group.group.name]
}

resource "aws_iam_role" "together" {
  name               = "together"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy_attachment" "together" {
  name       = "together"
  roles      = [aws_iam_role.together.name]
  policy_arn = aws_iam_policy.jobs.arn
}

resource "aws_organizations_policy" "control" {
  name = "control"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Control", Effect = "Deny", Action = "sagemaker:CreateNotebookInstance", Resource = "*" }]
  })
}

resource "aws_organizations_policy" "tags" {
  name    = "tags"
  type    = "TAG_POLICY"
  content = jsonencode({ tags = {} })
}

resource "aws_ssoadmin_permission_set" "set" {
  name         = "Scientists"
  instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
}

resource "aws_ssoadmin_permission_set_inline_policy" "set" {
  instance_arn       = aws_ssoadmin_permission_set.set.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.set.arn
  inline_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Set", Effect = "Allow", Action = "sagemaker:CreateModel", Resource = "*" }]
  })
}

resource "aws_ssoadmin_managed_policy_attachment" "set" {
  instance_arn       = aws_ssoadmin_permission_set.set.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.set.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "set" {
  instance_arn       = aws_ssoadmin_permission_set.set.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.set.arn

  customer_managed_policy_reference {
    name = aws_iam_policy.boundary.name
  }
}

resource "aws_ssoadmin_permissions_boundary_attachment" "set" {
  instance_arn       = aws_ssoadmin_permission_set.set.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.set.arn

  permissions_boundary {
    managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }
}
