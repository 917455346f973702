"""A written score as MusicXML 4.0.

bar_lines.py   bar lines in MusicXML: the final one, repeat signs, first and second endings
directions.py  what stands over and between the staves in MusicXML: tempo, chord symbols, dynamics
header.py      what stands before the music in a MusicXML file: titles, credits, and the list of
               parts
musicxml.py    a score as MusicXML 4.0, partwise
score_as_read.py  the score that a piece was read from, handed on to engravers
tablature.py   a staff of tablature under a guitarist's staff: strings as lines, frets as numbers
"""
