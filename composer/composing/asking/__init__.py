"""What is asked: checked, resolved, and turned into fields that are given.

Bars of a request count from 1, bars of rows from 0.

climax.py         a climax at a bar: plan and loudness rise to it and fall behind it, and the end is
                  held
fields_asked.py   a request becomes given fields, and a mood leans on the free ones
held_to.py        what is asked of a piece that is there already, as one request: what verbs write
                  by, and what the report holds their piece to
influence.py      a piece as an influence: what is taken from it is how it is made, never its notes
likely_header.py  what the model would choose for a header, before anybody knows how many bars there
                  will be
line_ups.py       who plays in a style where an ensemble has no seats of its own: a band, a chamber
                  group
request.py        what a user asks for, checked and resolved; nothing here needs a model
sentence.py       what a sentence asks for: "a sad waltz for piano in D minor, 40 bars"
timing.py         exact durations, as film needs them: how many bars at which tempo last so many
                  seconds
"""
