resource "terraform_data" "stays" {
}

resource "terraform_data" "updated" {
  input = "after"
}

resource "terraform_data" "replaced" {
  triggers_replace = 2
}

resource "terraform_data" "replaced_first" {
  triggers_replace = 2
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "new_name" {
}

moved {
  from = terraform_data.old_name
  to   = terraform_data.new_name
}

removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}

import {
  to = terraform_data.imported
  id = "imported-id"
}

resource "terraform_data" "imported" {
}
