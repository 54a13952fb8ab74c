resource "terraform_data" "stays" {
}

resource "terraform_data" "updated" {
  input = "before"
}

resource "terraform_data" "replaced" {
  triggers_replace = 1
}

resource "terraform_data" "replaced_first" {
  triggers_replace = 1
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "deleted" {
}

resource "terraform_data" "old_name" {
}

resource "terraform_data" "forgotten" {
}
