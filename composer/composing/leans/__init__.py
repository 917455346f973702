"""What is added to the model's logits while notes are written.

A lean follows the rows and adds to the logits of the next field; a rule of playing rules values
out, as the grammar (`composer.tokens.grammar`) does for the form of the rows. One idea a file; to
add a lean, write one as `lean.py` says and give it a line in the table of `all_leans.py`.

all_leans.py          the table of all leans, and what they add together: edit the table to change
                      what leans
chord_tones.py        chords that were given: their tones are leaned on, most on strong beats
everybody_plays.py    who was asked to play plays, before the piece is over
last_bar.py           how a piece ends: on the tonic, its root in the bass, in notes that last to
                      the end of the bar
lean.py               what a lean is: it follows the rows of a piece and adds to the logits of what
                      comes next
note_density.py       how many onsets a bar gets where its density is given: a lean on when the next
                      note begins
part_statistics.py    who plays in real music, what parts of an instrument and a role do there, and
                      how much returns: `part_statistics.toml`, by benchmarks/parts.py
recall_share.py       how much of a piece returns: a lean on whether the plan of a bar recalls an
                      earlier bar
registers.py          where each part lies: as another piece does, or where such parts lie in real
                      music
role_share.py         how much each role plays: a lean towards parts that play less than such parts
                      do
silent_bars.py        no bar passes in silence: a lean against leaving a bar in which nothing
                      has begun
tonality.py           keeps a key that was asked for: a lean on notes and chords where another key
                      begins to be heard
"""
