# The second creation fails after the object exists: the first object stays behind, deposed.
variable "generation" {
  default = 2
}

resource "terraform_data" "fails" {
  triggers_replace = var.generation
  lifecycle {
    create_before_destroy = true
  }
  provisioner "local-exec" {
    command = var.generation == 1 ? "true" : "false"
  }
}
