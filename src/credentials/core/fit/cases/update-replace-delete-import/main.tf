terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "ap-northeast-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
}

resource "aws_sqs_queue" "orders" {
  name                       = "shop-orders"
  visibility_timeout_seconds = 60
}

resource "aws_sns_topic" "orders" {
  name = "shop-orders-2"
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "shop-nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}

import {
  to = aws_ssm_parameter.flag
  id = "/shop/flag"
}

resource "aws_ssm_parameter" "flag" {
  name  = "/shop/flag"
  type  = "String"
  value = "off"
}
