"""The soak: one real gateway process under load that lasts, and what it must never do meanwhile."""
