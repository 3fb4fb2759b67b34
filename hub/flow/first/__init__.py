"""The first sync of an entity: a report, corrections, and a word of acceptance before the first write."""
