"""The command line: the only user of click, the only place that composes features, the only boundary for errors."""
