"""Scores as text for other programs: LilyPond, ABC, MEI.

Each writer takes a `Score` (what a page prints) and gives a text; none of them decides how
something is notated. `streams` is what the first two share: voices that run through the piece.
"""
