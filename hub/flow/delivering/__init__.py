"""Delivering: what is owed to a system, until it is there."""
