resource "terraform_data" "wanted" {
  for_each = toset(["a", "b"])
}

resource "terraform_data" "not_wanted" {
}
