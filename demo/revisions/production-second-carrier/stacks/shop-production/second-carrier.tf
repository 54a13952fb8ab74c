# Who the checkout asks for the costs of shipping when its carrier does not answer.
resource "aws_ssm_parameter" "second_carrier" {
  name  = "/shop/checkout/second-carrier"
  type  = "String"
  value = "https://rates.second-carrier.example.com"
}
