"""Played time to beats.

A file may be played freely over its beats, or have none; positions that can be read come out.

beat_tracking.py  beats for music that was played without any: where a listener would tap
beats.py          whether the notes of a file lie on its beats, or were played freely over them
quantise.py       played onsets to positions that can be read, beat by beat
"""
