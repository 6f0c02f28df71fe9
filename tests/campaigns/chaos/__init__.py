"""A whole station under the virtual clock, with a CSMS that misbehaves at random, cuts at its commits, and a verdict on every message."""
