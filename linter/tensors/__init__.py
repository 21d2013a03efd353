"""Tensor flow: where a loss or an output comes from, what was done to it, and in which mode its model was.

The order flow (`..flow`) pushes sets of optimizer states through a file. This analysis follows values instead: one
fact per name that holds on every path, or none. It gives the judge events that carry facts.
"""
