terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    bucket       = "shop-terraform-state-production"
    key          = "shop-production/terraform.tfstate"
    region       = "ap-northeast-1"
    use_lockfile = true
  }
}

provider "aws" {
  region              = "ap-northeast-1"
  allowed_account_ids = ["222222222222"]
}

module "orders" {
  source = "../../modules/queue"
  name   = "orders"
}
