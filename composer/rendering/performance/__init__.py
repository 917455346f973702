"""How a piece sounds: MIDI and sound, as somebody plays it or as it is written.

Velocities are 0..127. Loudness and time are separate: nothing here changes a pitch.

audio.py        a piece as sound, from wheels alone
graces.py       grace notes of a score, which take no time on the page, as they are played
loudness.py     how loud each note is played
mastering.py    how loud a sound is to people, and as loud as it should be without clipping
midi.py         a piece as a Standard MIDI file that a DAW imports cleanly
midi_as_read.py  a piece that came from a MIDI file, back into that file
pedal.py        the sustaining pedal of a piano, changed with the harmony
performance.py  a piece as somebody plays it: how loud each note is, how time bends, where the pedal
                goes
soundfont3.py   SoundFonts in .sf3 format, as .sf2: the same but for samples that are compressed
                with Vorbis
sound_spans.py  the sound of some bars of one part, so that a change costs only what it changed
swing.py        eighths written straight and played with swing, either way: the second of a beat
                comes late
sync_points.py  a performance that bends time and is on time: what it steals in a span it gives back
                there
"""
