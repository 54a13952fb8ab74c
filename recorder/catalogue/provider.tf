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
  # The stand-in does not get over its errors.
  max_retries = 2
}

# The configuration before the update and after it.
variable "updated" {
  type    = bool
  default = false
}
