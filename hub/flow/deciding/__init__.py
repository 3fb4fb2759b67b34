"""Deciding: what a person says, and what becomes of it."""
