"""The steps in the order data moves, each a folder that knows only those before it.

    polling      what changed in a system, by its changes and by its keys
    merging      what was seen against what the hub holds: found or made, clashes decided, who is owed what
    delivering   what is owed to a system, written until it is there; answers that never came are settled
    first        a first sync is reported, corrected and accepted before its first write
    deciding     what a person says: conflicts, deletions, records aside, pins, failed deliveries

Beside them lies what all of them share: a place (one entity in one system), a page as it was seen, its batch of rows.
One page is one transaction. Nothing waits for a system while a transaction is open.
"""
