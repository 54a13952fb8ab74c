# A "migration" that runs on the runner, with the strong credentials of the apply.
resource "terraform_data" "migrate" {
  provisioner "local-exec" {
    command = "echo migrated"
  }
}
