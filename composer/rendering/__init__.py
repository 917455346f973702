"""A piece becomes MIDI, MusicXML, pages, sound and pictures.

Rooms see each other in one direction: pages -> musicxml -> score, performance -> score.

files.py       a piece written to files, each complete or not there at all
formats.py     the bytes of every format of one piece, and the table of all formats
kept_files.py  files of others are never overwritten: what we wrote is remembered
musicxml/      a written score as MusicXML 4.0
options.py     how a piece is to sound and how it is to be printed, as two values
page.py        paper, and how large the staves on it are
pages/         MusicXML to pages, and pictures of a piece
part_files.py  one file a part: names for stems (for a DAW) and for parts (for players)
performance/   how a piece sounds: MIDI and sound, as somebody plays it or as it is written
score/         from a piece to its written score: staves, voices, values, spelled pitches
texts/         scores as text for other programs: LilyPond, ABC, MEI
"""
