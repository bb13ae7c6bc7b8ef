"""hive-ctx: move an agent framework's static context out of the prompt and into model weights, provably."""

__version__ = "0.1.0"
