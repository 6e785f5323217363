"""What root and the owners of subnets set: the wire pallet AdminUtils."""
