"""Values of the chain as people read and write them."""
