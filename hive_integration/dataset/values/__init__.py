"""Argument values for any JSON schema, each with the words by which a user can say it. Pure."""
