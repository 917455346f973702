"""Facts about a piece: key, chords, form, melody, texture, mood, style.

Everything is computed from the notes of a `Piece`; most functions take the table of notes that
`table.py` makes. Ticks are of the piece's own resolution.

analyse.py          all facts of a piece in one call, fast enough for whole corpora
chord_finding.py    which chords a piece goes through: root, quality and bass, beat by beat
describe.py         a piece in words and numbers, for people and for programs
ending.py           how a piece ends: on its tonic or elsewhere, on a long note or in mid-run
ensemble.py         who plays a piece, judged by its instruments
following.py        how closely notes follow the chords and the form that a user gave
form.py             the form of a piece as section letters, "AABA", woven from the recalls of its
                    bars
grooves.py          whether a groove holds: how many bars of drums and bass bring back the pattern
                    of a bar before
key_finding.py      which key a piece is in, and each of its sections, judged by its notes
melody.py           which part has the melody, and the top line of a part that has more than a
                    melody
mood.py             how a piece feels: valence and arousal, each in -1..1, from what is known to
                    carry them
phrases.py          where phrases end, bar by bar, and on which cadence
paces.py            how fast styles go, and how fast people play
recall.py           which earlier bar each bar resembles, and how: the thread from which form is
                    woven
roles.py            what each player does in a piece: leads, accompanies, plays the bass, and how
                    much of the time
sounding.py         what sounds together: the pitch classes present at each moment something begins
style.py            which style a piece is in: a plain logistic regression over what the notes show
table.py            the notes of a piece as columns, because facts are computed over all notes at
                    once
texture.py          single measures of texture: density, register, loudness, articulation, each in
                    its own unit
tune.py             which part has the tune: by its role, its name and its program first, then by
                    its line
"""
