"""What a piece is: notes, parts, keys, chords, and the tables of styles, moods, instruments.

Times are whole ticks; pitches are MIDI numbers; bars count from 1, as musicians do. Tables only
grow, for weights and saved sessions refer to their rows.

bars.py         where bars begin and end, and which meter, key and tempo hold there
chord_words.py  chord symbols of MusicXML scores, as the chords that we know
chords.py       chord symbols: "Dm7 G7 | Cmaj7", Roman numerals "ii7 V7 | I", and back to text
comfortable.py  what one player is given to sound at once where a piece is arranged: what a good
                amateur does at ease, narrower than what can be played at all
                (`composer.music.playable`)
ensembles.py    ensembles: who plays together, and the instruments used when a user names only the
                ensemble
facts.py        facts computed from a piece: numbers in their own units, None where they cannot be
                known
hands.py        which staff each note of a keyboard part stands on: two hands, by register and
                continuity
instrument_words.py  instruments by what scores and tracks call them, in five languages
instruments.py  instruments: General MIDI programs, playable ranges, clefs, staves, transposition
keys.py         names of keys: "D minor", "Bb major", "f#" and back
lengths.py      the note lengths and tempi that the grid knows
listing.py      every name that a request may use, as plain values: for `composer styles`, agents,
                pages
meters.py       meters on the grid: which there are, how long their bars last, which fits a length
moods.py        words for moods: names of points of valence and arousal, quadrants, and numbers
names.py        matching what people type with a fixed list of names, tolerantly and with a helpful
                refusal
normalise.py    bring any piece onto the grid that the model reads and writes
overlaps.py     notes of one pitch that overlap: no key can be struck while it is down
piece.py        a piece of music as frozen values: notes, parts, meters, keys, tempi, tags
playable.py     what one player can sound at once: breath, bows, frets, hands and sticks
presets.py      named presets: one word for a style, an ensemble, a mood and what goes with them
resolution.py   the same piece with more ticks to a quarter
source.py       what a file says beside its notes: kept as it is read, put back when it is written
styles.py       styles and composers: the two levels of the style vocabulary, and how much music
                supports each
"""
