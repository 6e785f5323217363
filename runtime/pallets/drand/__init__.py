"""Public randomness: the pulses of the drand beacon."""
