"""A written score as MusicXML 4.0.

bar_lines.py   bar lines in MusicXML: the final one, repeat signs, first and second endings
changed_measure.py  a measure of ours in a part of a score that was read
changed_score.py  a score that was read, with our measures where it has changed since
directions.py  what stands over and between the staves in MusicXML: tempo, chord symbols, dynamics
header.py      what stands before the music in a MusicXML file: titles, credits, and the list of
               parts
loose_ends.py  slurs and ties of which one end was in a measure that has changed
musicxml.py    a score as MusicXML 4.0, partwise
read_measures.py  which measures of the score that was read are what they were
score_as_read.py  the score that a piece was read from, handed on to engravers
tablature.py   a staff of tablature under a guitarist's staff: strings as lines, frets as numbers
unrolled.py    the measures of a score as they are played, without the signs of repeats
"""
