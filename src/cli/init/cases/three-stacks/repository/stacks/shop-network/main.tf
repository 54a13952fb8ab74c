terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    bucket       = "shop-terraform-state-staging"
    key          = "shop-network/terraform.tfstate"
    region       = "ap-northeast-1"
    use_lockfile = true
  }
}

provider "aws" {
  region              = "ap-northeast-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_sns_topic" "alerts" {
  name = "alerts"
}
