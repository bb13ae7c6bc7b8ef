"""The audit: what an agent framework's idle context holds, item by item, and what each item costs."""
