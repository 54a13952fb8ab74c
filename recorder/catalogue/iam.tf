locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  trust_updated = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  permissions = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.updated ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"], Resource = "*" }]
  })
}

resource "aws_iam_role" "base" {
  name               = "recorded-role"
  assume_role_policy = var.updated ? local.trust_updated : local.trust
}

resource "aws_iam_role" "tags" {
  name               = "recorded-role-tags"
  assume_role_policy = local.trust
  tags               = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_iam_role" "description" {
  name                 = "recorded-role-description"
  assume_role_policy   = local.trust
  description          = var.updated ? "after" : "before"
  max_session_duration = var.updated ? 7200 : 3600
}

resource "aws_iam_role" "permissions_boundary" {
  name                 = "recorded-role-boundary"
  assume_role_policy   = local.trust
  permissions_boundary = var.updated ? null : aws_iam_policy.tags.arn
}

resource "aws_iam_role" "force_detach_policies" {
  name                  = "recorded-role-force"
  assume_role_policy    = local.trust
  force_detach_policies = true
}

resource "aws_iam_role_policy" "base" {
  name   = "recorded-inline"
  role   = aws_iam_role.base.name
  policy = local.permissions
}

resource "aws_iam_role_policy_attachment" "base" {
  role       = aws_iam_role.base.name
  policy_arn = aws_iam_policy.base.arn
}

resource "aws_iam_policy" "base" {
  name   = "recorded-policy"
  policy = local.permissions
}

resource "aws_iam_policy" "tags" {
  name   = "recorded-policy-tags"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  tags   = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_iam_instance_profile" "base" {
  name = "recorded-profile"
  role = var.updated ? aws_iam_role.tags.name : aws_iam_role.base.name
}

resource "aws_iam_instance_profile" "tags" {
  name = "recorded-profile-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_iam_user" "base" {
  name          = "recorded-user"
  force_destroy = var.updated
}

resource "aws_iam_user" "tags" {
  name = "recorded-user-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_iam_user" "permissions_boundary" {
  name                 = "recorded-user-boundary"
  permissions_boundary = var.updated ? null : aws_iam_policy.tags.arn
}

resource "aws_iam_user_policy" "base" {
  name   = "recorded-user-inline"
  user   = aws_iam_user.base.name
  policy = local.permissions
}

resource "aws_iam_user_policy_attachment" "base" {
  user       = aws_iam_user.base.name
  policy_arn = aws_iam_policy.base.arn
}

resource "aws_iam_access_key" "base" {
  user   = aws_iam_user.base.name
  status = var.updated ? "Inactive" : "Active"
}

resource "aws_iam_group" "base" {
  name = "recorded-group"
}

resource "aws_iam_group_policy" "base" {
  name   = "recorded-group-inline"
  group  = aws_iam_group.base.name
  policy = local.permissions
}

resource "aws_iam_group_policy_attachment" "base" {
  group      = aws_iam_group.base.name
  policy_arn = aws_iam_policy.base.arn
}

resource "aws_iam_group_membership" "base" {
  name  = "recorded-members"
  group = aws_iam_group.base.name
  users = var.updated ? [aws_iam_user.base.name, aws_iam_user.tags.name] : [aws_iam_user.base.name]
}

resource "aws_iam_user_group_membership" "base" {
  user   = aws_iam_user.permissions_boundary.name
  groups = [aws_iam_group.base.name]
}

resource "aws_iam_openid_connect_provider" "base" {
  url             = "https://token.recorded.example"
  client_id_list  = var.updated ? ["sts.amazonaws.com", "other"] : ["sts.amazonaws.com"]
  thumbprint_list = ["cf23df2207d99a74fbe169e3eba035e633b65d94"]
}

resource "aws_iam_openid_connect_provider" "tags" {
  url             = "https://tagged.recorded.example"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = var.updated ? ["df23df2207d99a74fbe169e3eba035e633b65d94"] : ["cf23df2207d99a74fbe169e3eba035e633b65d94"]
  tags            = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_iam_account_alias" "base" {
  account_alias = "recorded-alias"
}

resource "aws_iam_account_password_policy" "base" {
  minimum_password_length = var.updated ? 20 : 16
}

resource "aws_iam_service_linked_role" "base" {
  aws_service_name = "autoscaling.amazonaws.com"
  description      = var.updated ? "after" : "before"
}
