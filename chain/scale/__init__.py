"""SCALE: the binary codec of Substrate, compiled from Python type hints."""
