variable "token" {
  type      = string
  sensitive = true
  default   = "a-token-nobody-may-see"
}

resource "terraform_data" "app" {
  for_each = toset(["東京", "quote\"d"])
  input    = { token = var.token, exact = 12345678901234567890, tenth = 0.1, place = each.key }
}

resource "terraform_data" "leaks" {
  input = nonsensitive("https://x:${var.token}@example.com")
}

output "ids" {
  value = [for item in terraform_data.app : item.id]
}
