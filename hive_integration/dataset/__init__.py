"""From behaviours to training data: made, checked one by one, written, exported."""
