"""The gateway: one local address, behind it the tuned model or the full prompt, chosen request by request."""
