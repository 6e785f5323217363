"""The pages of docs/reference, made of the code that they describe. `make docs` renews them."""
