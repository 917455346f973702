"""Facts about a piece: key, chords, form, texture, mood."""
