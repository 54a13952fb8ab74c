resource "terraform_data" "stays" {
  input = "same"
}

resource "terraform_data" "updated" {
  input = { version = 2, list = ["a"], more = sensitive("hidden from here on") }
}

resource "terraform_data" "replaced" {
  input            = "y"
  triggers_replace = { version = 2 }
}

resource "terraform_data" "replaced_first" {
  triggers_replace = "two"
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "deleted" {
  for_each = toset(["kept"])
}

resource "terraform_data" "counted" {
  count = 1
}

module "child" {
  source = "./child"
}

moved {
  from = terraform_data.old_name
  to   = module.child.terraform_data.new_name["い"]
}

removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}

import {
  to = terraform_data.imported
  id = "d7a1e5c2-0000-4000-8000-000000000001"
}

resource "terraform_data" "imported" {
}

output "changing" {
  value = "after"
}

output "same" {
  value = "same"
}

output "new" {
  value = terraform_data.replaced.id
}
