"""A piece becomes MIDI, MusicXML, SVG, PDF."""
