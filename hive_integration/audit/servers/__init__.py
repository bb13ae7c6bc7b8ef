"""MCP servers: asked for their tools, with consent, within bounds, and written as the client writes them."""
