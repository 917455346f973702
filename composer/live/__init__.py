"""Playing together: a phrase comes in over MIDI or OSC, its continuation goes out in time.

What sounds is sent by a process of its own (`sender.py`), which times it, and which ends every note
when the rest has died. Times are seconds of `time.monotonic`, which processes share; messages are
the bytes of MIDI.

duet.py    the duet: a phrase is heard, its continuation is written, and played from a bar line on
phrase.py  what somebody played, as it comes in: a phrase that ends when nothing has sounded for a
           while
player.py  this side of the process that sends (`composer.live.sender`)
ports.py   where messages come from and go to: MIDI ports by name, OSC addresses, files
sender.py  the process that sends: each message at its time, and at the end no note left sounding
"""
