"""What the hub costs, as ratios against a hand-written script that does the same work without an engine."""
