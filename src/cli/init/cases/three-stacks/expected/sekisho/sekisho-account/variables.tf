variable "accounts" {
  description = "What Sekisho may do in each account: its stacks (sekisho.yaml), and where their states are."
  type = map(object({
    stacks        = list(string)
    state_objects = list(string)
    lock_tables   = list(string)
  }))
  default = {
    "111111111111" = {
      stacks        = ["shop-network", "shop-staging"]
      state_objects = ["arn:aws:s3:::shop-terraform-state-staging/*"]
      lock_tables   = ["arn:aws:dynamodb:*:*:table/none"]
    }
    "222222222222" = {
      stacks        = ["shop-production"]
      state_objects = ["arn:aws:s3:::shop-terraform-state-production/*"]
      lock_tables   = ["arn:aws:dynamodb:*:*:table/none"]
    }
  }
}
