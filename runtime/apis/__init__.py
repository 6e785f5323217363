"""Runtime APIs: answers shaped for clients."""
