r"""Scores as text for other programs: LilyPond, ABC, MEI.

Each writer takes a `Score` (what a page prints) and gives a text; none of them decides how
something is notated. Voices that run through the piece are shared in `streams.py`.

abc_notation.py    a score as ABC (standard 2.1), voice by voice
lilypond.py        a score as LilyPond source (2.24): pages by `\layout`, sound by `\midi`
lilypond_drums.py  the drum kit in LilyPond: our lines, spaces and heads instead of its own
lilypond_names.py  names that LilyPond has for General MIDI's sounds
mei.py             a score as MEI 5, the format of libraries and musicologists, by verovio
repeat_signs.py    the signs of a score as passages: what is played once, and what twice with its
                   endings
streams.py         the voices of a part as streams from the first measure to the last
"""
