"""Examples that a model writes: what it is asked, how its answers are read, kept and paid. HTTP is the providers'."""
