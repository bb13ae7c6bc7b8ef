"""Installation into a target, and all of it taken back: overlays, plugin, patches, by plan, journal and ledger."""
