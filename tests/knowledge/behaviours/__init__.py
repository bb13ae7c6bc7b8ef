"""Tests of the extractors, one file a kind."""
