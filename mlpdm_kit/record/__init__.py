"""Sections, the decision record made of them, and its three forms."""
