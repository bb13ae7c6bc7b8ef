"""One real session start: the client, a view of the configuration, a recorder on loopback."""
