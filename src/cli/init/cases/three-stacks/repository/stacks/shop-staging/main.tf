terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    bucket       = "shop-terraform-state-staging"
    key          = "shop-staging/terraform.tfstate"
    region       = "ap-northeast-1"
    use_lockfile = true
  }
}

provider "aws" {
  region              = "ap-northeast-1"
  allowed_account_ids = ["111111111111"]
}

module "orders" {
  source = "../../modules/queue"
  name   = "orders-staging"
}
