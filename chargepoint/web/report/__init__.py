"""The commissioning report as a page to be printed, and as PDF, which a process of its own makes."""
