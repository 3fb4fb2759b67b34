"""The steps in the order data moves: settle, poll, merge, deliver; and what people decide.

One page is one transaction. Nothing waits for a system while a transaction is open.
"""
