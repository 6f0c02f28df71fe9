"""Self-test and commissioning as the pages have them: what is under way, and what is kept on disk."""
