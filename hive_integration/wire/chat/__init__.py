"""The OpenAI Chat Completions protocol: a Messages request as its body, its answer as events."""
