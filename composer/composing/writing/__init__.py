"""Writing rows: the model's logits, what may follow, what is given, and chance.

A writer is a generator: it asks for logits and yields rows; `batch.py` answers many at once.

batch.py          many pieces, one model: what their writers ask is answered together
sampling.py       write rows: a model's logits, the grammar's masks, what is given, and chance
single_lines.py   a melody is not held into its next note, as melodies of the corpora are not
sketching.py      the sketch of a piece: place in the form, phrase and chords of every bar
voice_leading.py  grammars that also know how voices may move, and one that may only choose pitches
weights.py        what every piece hangs on besides its request: the weights, loaded once, and a
                  seed
"""
