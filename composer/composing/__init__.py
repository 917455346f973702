"""A request becomes a piece.

Rooms see each other in one direction: session -> compose -> verbs -> asking -> writing -> leans.

asking/          what is asked: checked, resolved, and turned into fields that are given
candidates.py    tries at a request, written side by side: copies are thrown away, the best of the
                 rest is kept
compose.py       the one function behind everything: a request goes in, a piece comes out
field.py         one field of a piece beside what was asked of it
leans/           what is added to the model's logits while notes are written
looping.py       a composition for a loop: its last bars lead back into its first instead of ending
many.py          many pieces of one request, by processes; stopped, it goes on
naming.py        what a composed piece is called, on paper and on disk
originality.py   how near is a piece to the music that the model was trained on, beside how near
                 people come?
partner.py       composing together: the partner verbs
ranking.py       what the critic thinks of a candidate: would people write it, and is it what was
                 asked for?
report.py        the report beside every piece: what was asked, what was achieved, and how original
                 it is
roles_played.py  how much each role plays in a piece, beside what is usual in the style and for its
                 players
session/         many steps on one piece: versions, locks, one file
sketched.py      the sketch of a piece as a value that people can read and edit
verbs/           what can be done with a piece of one's own: each verb is a file
writing/         writing rows: the model's logits, what may follow, what is given, and chance
"""
