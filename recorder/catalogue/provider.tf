terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region            = "ap-northeast-1"
  s3_use_path_style = true
}

# The configuration before the update and after it.
variable "updated" {
  type    = bool
  default = false
}
