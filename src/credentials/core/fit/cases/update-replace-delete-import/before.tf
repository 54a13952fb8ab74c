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
  name = "shop-orders"
}

resource "aws_sns_topic" "orders" {
  name = "shop-orders"
}

resource "aws_s3_bucket" "old" {
  bucket = "shop-old-orders"
}

resource "aws_dynamodb_table" "old" {
  name         = "shop-old"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
