"""What is added to the model's logits while notes are written.

A lean follows the rows and adds to the logits of the next field; it never forbids, which is what
the grammar does (`composer.tokens.grammar`). One idea a file; `all_leans.py` lists them.

all_leans.py          everything that leans on a piece while it is written, beside what its request
                      gives
chords_and_end.py     what leans on notes while they are written: chords that hold, and the end
lean.py               what is added to the logits of a field's values
note_density.py       how many onsets a bar gets where its density is given: a lean on when the next
                      note begins
note_speed.py         no part plays faster than fingers: a lean against an onset too soon behind the
                      part's last one
one_voice.py          a part that leads has one note at a time, as melodies of the corpora do
part_statistics.py    who plays in real music, what parts of an instrument and a role do there, and
                      how much returns: `part_statistics.toml`, by benchmarks/parts.py
recall_share.py       how much of a piece returns: a lean on whether the plan of a bar recalls an
                      earlier bar
recalled_bar.py       what the plan calls a varied or transposed return is heard as one
registers.py          where each part lies: as another piece does, or where such parts lie in real
                      music
rests.py              who has rested too long: a lean towards parts that wait, and every player
                      plays
subdivision.py        a beat is divided in one way: what has begun on its sixteenths goes on there,
                      triplets likewise
tonality.py           keeps a key that was asked for: a lean on notes and chords where another key
                      begins to be heard
"""
