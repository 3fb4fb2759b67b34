"""Which records of two lists are the same: scores, pairs, and the worksheet on which people correct them."""
