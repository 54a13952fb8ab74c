resource "terraform_data" "runs" {
  provisioner "local-exec" {
    command = "true"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "true"
  }
}
