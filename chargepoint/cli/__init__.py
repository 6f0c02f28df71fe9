"""The command line: the composition root, the only room that names every other."""
