"""The first configuration, step by step: what is asked, and what the answers mean as a file. Pure.

    fields ──form──▶ Draft (text, as it was typed) ──▶ candidate (plain values) ──▶ toml (the file)
                                                          └──▶ Ports: errors, in the words of check-config; trials of the hardware

A file for each step. What somebody typed is kept as he typed it, right or wrong, so that nothing is lost by going back, by a reload or by
a power cut; what it means is worked out anew each time.
"""
