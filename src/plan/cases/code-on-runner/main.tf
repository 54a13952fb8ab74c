resource "terraform_data" "runs" {
  provisioner "local-exec" {
    command = "echo hello"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo bye"
  }
}
