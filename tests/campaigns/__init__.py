"""Campaigns with real processes: power cuts at any moment, and what must be left of a session after them."""
