"""File transfers in a process of their own: ``python -m chargepoint.transfer``.

One job as a line of JSON on standard input, progress and the result as lines of JSON on standard output. The process is nice to the
others, needs nothing but the standard library, and ends when its standard input does: with whoever started it.
"""
