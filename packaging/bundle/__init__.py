"""``make bundle``: a release for stations in the field, signed."""
