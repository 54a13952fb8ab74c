resource "aws_budgets_budget" "base" {
  name         = "recorded-budget"
  budget_type  = "COST"
  limit_amount = var.updated ? "200" : "100"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
}
