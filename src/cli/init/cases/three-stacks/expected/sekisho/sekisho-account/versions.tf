terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source = "hashicorp/aws"
      # From 5.81 on, an identity provider needs no thumbprint: AWS checks the certificate itself.
      version = ">= 5.81"
    }
  }
}
