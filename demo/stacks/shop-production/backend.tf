# The state lives in the stack's own account, so that a job needs the credentials of that account and no others.
terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "shop-terraform-state-222222222222"
    key          = "shop-production.tfstate"
    region       = "ap-northeast-1"
    use_lockfile = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
  }
}

provider "aws" {
  region              = "ap-northeast-1"
  allowed_account_ids = ["222222222222"]

  default_tags {
    tags = {
      product = "shop"
      stack   = "shop-production"
    }
  }
}
