"""What can be done with a piece of one's own: each verb is a file.

All of them fill a draft (`draft.py`) by writing spans of bars (`spans.py`); what is not rewritten
stays note for note.

accompanying.py  a piece around a given melody: who plays it, what is written beside it, and how it
                 goes on
arranging.py     `arrange`: the same music for other players
continuing.py    `continue`: bars more, in the piece's own meter, key, tempo and instruments
doubling.py      who doubles whom in an orchestra, and when: quiet phrases are for few, loud ones
                 for all
draft.py         a user's own piece beside its rows: new notes go in, every other note stays as it
                 was
harmonizing.py   `harmonize`: the other voices of an ensemble under a melody
infilling.py     `infill`: some bars of some parts written anew, all else as it was
lines.py         a piece as lines of one note at a time: its melody, its bass and what moves between
                 them
players.py       players' desks, on which notes are laid so that each can be played
seating.py       who plays which line: by role, by register, and by what an instrument played before
spans.py         a draft on which spans of bars are written, one after another: what all partner
                 verbs share
varying.py       `vary`: from the piece itself to a new one in its shadow, by degrees
"""
