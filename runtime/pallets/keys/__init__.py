"""Keys: what they are called, what belongs to them, and how others take their place."""
