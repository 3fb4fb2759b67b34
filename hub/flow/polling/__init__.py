"""Polling: reading a system, by its changes and by its keys."""
