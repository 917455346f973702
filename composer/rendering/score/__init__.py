"""From a piece to its written score: staves, voices, values, spelled pitches.

`score.py` is the way in; `notation.py` has the frozen values that all others fill. Ticks are those
of the grid, 24 to a quarter.

accidentals.py      which heads show an accidental, and which remind the reader of one
articulation.py     staccato: runs of notes played so much shorter than they are written that a dot
                    says it better
beams.py            beams by the meter: the notes of a beat together, plain eighths over two beats
                    of four
clefs.py            clefs that change where the music moves for good, at bar lines, to save ledger
                    lines
division.py         how a bar divides: which of its positions are strong, and where beams and ties
                    break
dynamics.py         dynamic marks and hairpins from velocities, a level a bar as the model's pieces
                    have them
enharmonics.py      when a passage is written in the enharmonic key that is easier to read
fingering.py        where a guitarist or a bassist stops each note: the cheapest path through
                    strings and frets
                    continuity
long_rests.py       bars of rest that a part of its own draws as one, with their number over it
notation.py         a score as it is written: frozen measures, voices, values and spelled pitches
octave_lines.py     passages far above or below a staff, written an octave nearer under an 8va line
part_names.py       what parts are called: by their own names, by what they do, or by what plays
                    them
percussion.py       where the General MIDI drum sounds stand on a percussion staff, and which limb
                    plays them
pickup.py           a piece that begins with silence and an upbeat, as engravers write it: a short
                    first bar
repeats.py          passages that come twice in a row, so that a score can print them once between
                    repeat signs
rhythm.py           how lengths are written: values, dots, ties and triplets, by the place in the
                    bar
score.py            from a piece to its written score: order of parts, signatures, measures,
                    spelling
score_order.py      where the parts stand in a score, and which need one staff only
short_names.py      what stands before a staff from the second system on
signatures.py       which key signatures to write: the piece's own, or, where nobody has said, an
                    estimate
spelling.py         how pitches are spelled: ps13s1, anchored to the key signature
staves.py           from the notes of one part to its written measures: staves, clefs, voices,
                    values, marks
strums.py           strummed and rolled chords, whose notes begin one shortly after the other,
                    written as chords
sung_words.py       words under the notes that they are sung to
transposing.py      how far a part's written pitch lies from its sounding pitch, as its players read
                    it
voice_lengths.py    lengths that two voices a staff can show: what engravers write, where files keep
                    keys down
voices.py           the voices of one staff: at most two, each a line of chords that do not overlap
words.py            words over the staff: a tempo that suits number and mood, and chord symbols
written_lengths.py  lengths as a player reads them: small gaps closed, small overlaps cut, no onset
                    moved
"""
