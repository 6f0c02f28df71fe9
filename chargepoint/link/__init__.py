"""The typed boundary between control and station: permits and wishes down, numbered events up."""
