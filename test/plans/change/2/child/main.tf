resource "terraform_data" "new_name" {
  for_each = toset(["い"])
  input    = "moves"
}
