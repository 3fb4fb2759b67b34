"""Merging: what was seen of one system against what the hub holds."""
