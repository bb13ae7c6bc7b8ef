"""What the files say: every place that the client reads, and each component as the client would load it."""
