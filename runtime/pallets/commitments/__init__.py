"""What neurons publish about themselves."""
