"""The commands of the program, by what they need: a running node, or only files."""
