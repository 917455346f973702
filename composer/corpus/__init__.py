"""Files on disk to pieces with tags; licences, splits, shards.

archive.py         where the bytes of a corpus lie: in a folder or in a zip, addressed the same way
copying.py         has this been heard before?
corpus.py          corpora on disk to works: one file each, with its tags, licence and split
drum_notes.py      drums in MusicXML: a note on a percussion staff names its instrument, not a pitch
duplicates.py      near-duplicates: works that share much of their lines, whatever their work ids
                   say
fingerprints.py    fingerprints of melodic lines: what stays when a passage is transposed, or
                   written in halves
manifest.py        manifests: what a corpus is, whose it is, and how its files map to tags
midi_bytes.py      what a fast MIDI parser does not tell: title and end of the sequence, notes that
                   never end
midi_reading.py    Standard MIDI files (types 0 and 1) to pieces, fast: symusic parses, numpy orders
                   the notes
midi_repair.py     notes that a MIDI file begins and never ends, ended as sequencers end them
readers.py         any file we read, to a piece: MIDI, MusicXML, kern, ABC
score_files.py     the bytes of a MusicXML, kern or ABC file to a music21 score, or a reason why not
scores.py          MusicXML, kern and ABC to pieces, parsed by music21
shards.py          all corpora as rows on disk: encoded once with their facts, mapped into memory
                   ever after
statistics.py      what the corpora hold, and whether every file of them can be read: rows for a
                   table
tunes.py           tune books: an ABC file may hold many tunes, each a piece of its own
"""
