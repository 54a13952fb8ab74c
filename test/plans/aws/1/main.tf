# Two accounts, secure strings, a data source that is read at apply.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region     = "eu-west-1"
  access_key = "test"
  secret_key = "test"
}

provider "aws" {
  alias      = "other"
  region     = "ap-northeast-1"
  access_key = "test"
  secret_key = "test"
  assume_role {
    role_arn = "arn:aws:iam::210987654321:role/deploy"
  }
}

variable "secret" {
  type      = string
  sensitive = true
  default   = "first secret value"
}

resource "aws_ssm_parameter" "secure" {
  name  = "/app/secure"
  type  = "SecureString"
  value = var.secret
}

resource "aws_ssm_parameter" "plain" {
  name  = "/app/plain"
  type  = "String"
  value = "written by terraform"
  tags  = { "担当" = "SRE" }
}

resource "aws_ssm_parameter" "drifting" {
  name  = "/app/drifting"
  type  = "String"
  value = "as configured"
}

resource "aws_iam_role" "other" {
  provider = aws.other
  name     = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_sns_topic" "alerts" {
  provider = aws.other
  name     = "alerts"
}

data "aws_ssm_parameter" "at_apply" {
  name       = aws_ssm_parameter.secure.name
  depends_on = [aws_ssm_parameter.secure, aws_iam_role.other]
}

data "aws_caller_identity" "now" {
}

output "account" {
  value = data.aws_caller_identity.now.account_id
}

output "copied" {
  value     = data.aws_ssm_parameter.at_apply.value
  sensitive = true
}
