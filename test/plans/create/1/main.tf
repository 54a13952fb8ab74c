# Create: quotes and Japanese in keys, values of dynamic type, numbers no float holds, sensitive values, a module,
# outputs known and unknown.
variable "password" {
  type      = string
  sensitive = true
  default   = "correct horse battery staple"
}

variable "settings" {
  type    = map(string)
  default = { "鍵/key~1" = "値" }
}

resource "terraform_data" "named" {
  for_each = toset(["日本語", "q\"uo.te[0]", "back\\slash", "$${not} an expression", "line\nbreak"])
  input    = { key = each.key, list = [1, "a", null, true], nested = { empty = {}, none = [] } }
}

resource "terraform_data" "numbers" {
  count = 2
  input = {
    huge     = 12345678901234567890
    negative = -98765432109876543210
    tenth    = 0.1
    half     = 1.5
    million  = 1e6
    beyond   = 9007199254740993
    large    = 1e21
    zero     = 0
    text     = "12345678901234567890"
  }
}

resource "terraform_data" "secret" {
  input            = { password = var.password, url = "https://admin:${var.password}@example.com" }
  triggers_replace = [var.settings, sensitive("in triggers")]
}

resource "terraform_data" "unknown" {
  input = { id = terraform_data.secret.id, all = [for item in terraform_data.named : item.id], known = "yes" }
}

data "terraform_remote_state" "absent" {
  count   = 0
  backend = "local"
}

module "names" {
  source   = "./names"
  for_each = { "a.b" = 1, "x[\"y\"]" = 2 }
  name     = each.key
}

check "health" {
  assert {
    condition     = length(terraform_data.unknown.id) > 0
    error_message = "never"
  }
}

output "known" {
  value = { numbers = [0.1, 12345678901234567890], text = "短い" }
}

output "unknown" {
  value = terraform_data.unknown.output
}

output "partly" {
  value = [terraform_data.unknown.id, "known"]
}

output "secret" {
  value     = var.password
  sensitive = true
}
