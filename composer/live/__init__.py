"""Playing together: a phrase comes in over MIDI or OSC, its continuation goes out in time.

`duet` is the loop, `phrase` what was played, `ports` the outside world. What sounds is sent by a
process of its own (`sender`), which times it, and which ends every note when the rest has died.

Times are seconds of `time.monotonic`, which processes share; messages are the bytes of MIDI.
"""
