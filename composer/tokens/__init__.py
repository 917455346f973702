"""A piece to rows of small numbers and back; which row may follow.

A row is `COLUMNS` int16; 0 where it has no such field.

audible.py    what of the rows can be heard: bars and notes, without header, plans, chords and
              dynamics
decode.py     rows become a piece; the mirror of `composer.tokens.encode`
encode.py     a normalised piece and its facts become rows; `composer.tokens.decode` is the mirror
fields.py     the tables of the event format: which rows there are, which fields they have, which
              values
grammar.py    which field values may follow: what no piece can contain is never sampled
learned.py    rows as a network reads them: what it has hardly met in training as what comes nearest
part_state.py what a part sounds while its rows are written, and which pitches it may begin
transpose.py  rows in another key
values.py     musical values as field values and back: keys, meters, tempi, bars left, parts, facts
"""
