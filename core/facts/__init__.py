"""Facts: what an event can carry beside its kind, one file for each sort of fact.

A fact is a named tuple of plain numbers, booleans, names, marks or None; None means "this observer cannot know", and
a rule abstains on it. Both observers fill in the same tuples, so that one rule judges both.
"""
