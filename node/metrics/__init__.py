"""What the node counts, and how Prometheus is told of it, by Substrate's names."""
