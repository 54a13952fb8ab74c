resource "terraform_data" "stays" {
  input = "same"
}

resource "terraform_data" "updated" {
  input = { version = 1, list = ["a", "b"] }
}

resource "terraform_data" "replaced" {
  input            = "x"
  triggers_replace = { version = 1 }
}

resource "terraform_data" "replaced_first" {
  triggers_replace = "one"
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "deleted" {
  for_each = toset(["gone", "kept"])
}

resource "terraform_data" "counted" {
  count = 2
}

resource "terraform_data" "old_name" {
  input = "moves"
}

resource "terraform_data" "forgotten" {
  input = "left alone"
}

output "changing" {
  value = "before"
}

output "going" {
  value = "bye"
}

output "same" {
  value = "same"
}
