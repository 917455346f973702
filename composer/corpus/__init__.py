"""Files on disk to pieces with tags; licences, splits, shards.

abc_signs.py       what stands in an ABC tune that its reader passes over: part orders, jumps
archive.py         where the bytes of a corpus lie: in a folder or in a zip, addressed the same way
copying.py         has this been heard before?
corpus.py          corpora on disk to works: one file each, with its tags, licence and split
duplicates.py      near-duplicates: works that share much of their lines, whatever their work ids
                   say
fingerprints.py    fingerprints of melodic lines: what stays when a passage is transposed, or
                   written in halves
foreign_scores.py  kern and ABC to partwise MusicXML, by the well-kept readers of each
karaoke.py         words in MIDI files: lyric events, and the text events of karaoke files
kern_repair.py     damaged kern: read up to the bar before a record that does not fit
manifest.py        manifests: what a corpus is, whose it is, and how its files map to tags
midi_bytes.py      what a fast MIDI parser does not tell: title and end of the sequence, notes that
                   never end
midi_events.py     the bytes of a MIDI file to its messages, reading on where the file is damaged
midi_file.py       a MIDI file to a piece with all that the file says beside its notes
midi_reading.py    Standard MIDI files (types 0 and 1) to pieces, fast: symusic parses, numpy orders
                   the notes
midi_repair.py     notes that a MIDI file begins and never ends, ended as sequencers end them
musicxml_piece.py  a partwise MusicXML score to a piece, played out, with the score as its source
partwise.py        the bytes of a MusicXML file to a partwise tree that every reader takes alike
partwise_marks.py  tuplet brackets, beams and clefs that a MusicXML file leaves to its reader
partwise_notes.py  one part of a partwise score, measure by measure, as it sounds
play_order.py      the order in which measures are played: repeats, endings, da capo, coda, fine
readers.py         any file we read, to a piece: MIDI, MusicXML, kern, ABC
scores.py          MusicXML, kern and ABC to pieces, each first as partwise MusicXML
sections.py        sections played in an order that repeat signs cannot say, written out
shards.py          all corpora as rows on disk: encoded once with their facts, mapped into memory
                   ever after
statistics.py      what the corpora hold, and whether every file of them can be read: rows for a
                   table
texts.py           texts of files that do not say how they are encoded
tunes.py           tune books: an ABC file may hold many tunes, each a piece of its own
"""
