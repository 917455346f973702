"""Symbolic composer: music in a style and a mood, as MIDI and sheet music."""
