"""What people and their pages may ask the running station: ``questions``; and how it is asked: ``client``."""
