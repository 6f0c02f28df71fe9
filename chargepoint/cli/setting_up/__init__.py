"""``chargepoint setup``: the steps of the set-up pages, in a terminal or from a file of answers.

screen     what is shown and typed, in 80 columns, with or without colours
sitting    everything that one sitting has: the draft, kept after every answer; what it needs from elsewhere
questions  the fields of a step, one after the other; each is checked before the next
finding    which device: looked for, or chosen by hand, and explained
looking    a trial, with live values
account    the owner of the pages
walk       the way through the steps, back and forth
ending     the summary; the file; what to do next
answers    a file of answers, and unattended: all of that without a person
"""
