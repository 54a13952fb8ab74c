resource "terraform_data" "many" {
  count = 5000
  input = { index = count.index, name = "resource-${count.index}", tags = { team = "sre", stage = "production" } }
}
