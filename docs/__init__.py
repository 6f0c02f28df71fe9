"""Pages for people, made from the tables of the code: ``make docs``."""
