"""The explorer: a web page that the node serves itself, and what the page asks for."""
