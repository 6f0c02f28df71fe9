"""The control process: a scan that reads every input, computes, and writes every output, at its own steady pace."""
