"""Small MIDI files as bytes, broken ones included."""

Event = tuple[int, bytes]  # ticks since the event before, message


def number(value: int) -> bytes:
    """A variable-length quantity."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def track(*events: Event) -> bytes:
    body = b"".join(number(ticks) + message for ticks, message in events) + b"\x00\xff\x2f\x00"
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def midi(*tracks: bytes, file_type: int = 1, division: int = 480) -> bytes:
    numbers = (file_type, len(tracks), division)
    header = b"".join(value.to_bytes(2, "big") for value in numbers)
    return b"MThd" + (6).to_bytes(4, "big") + header + b"".join(tracks)


def named(name: str) -> Event:
    text = name.encode()
    return 0, b"\xff\x03" + number(len(text)) + text


def meter(numerator: int, power: int, ticks: int = 0) -> Event:
    return ticks, bytes([0xFF, 0x58, 4, numerator, power, 24, 8])


def key(fifths: int, minor: int, ticks: int = 0) -> Event:
    return ticks, bytes([0xFF, 0x59, 2, fifths & 0xFF, minor])


def tempo(microseconds: int, ticks: int = 0) -> Event:
    return ticks, b"\xff\x51\x03" + microseconds.to_bytes(3, "big")


def program(number: int, channel: int = 0) -> Event:
    return 0, bytes([0xC0 | channel, number])


def on(pitch: int, ticks: int = 0, velocity: int = 64, channel: int = 0) -> Event:
    return ticks, bytes([0x90 | channel, pitch, velocity])


def off(pitch: int, ticks: int = 480, channel: int = 0, velocity: int = 0) -> Event:
    return ticks, bytes([0x80 | channel, pitch, velocity])


ONE_NOTE = track(on(60), off(60))

BROKEN = {
    "empty": (b"", "the file is empty"),
    "text": (b"Dear diary, today I wrote a song", "not a MIDI file"),
    "header only": (midi(), "no notes"),
    "cut off": (midi(ONE_NOTE)[:-6], "broken MIDI"),
    "no notes": (midi(track(named("Silence"))), "no notes"),
    "smpte": (midi(ONE_NOTE, division=0xE728), "SMPTE"),
    "no division": (midi(ONE_NOTE, division=0), "SMPTE"),
    "type 2": (midi(ONE_NOTE, ONE_NOTE, file_type=2), "type 2"),
    "meter 1/1024": (midi(track(meter(1, 10), on(60), off(60))), "impossible meter"),
    "meter 0/4": (midi(track(meter(0, 2), on(60), off(60))), "impossible meter"),
    "bar of 68 quarters": (midi(track(meter(17, 0), on(60), off(60))), "longer than 64 quarters"),
    "four hours": (midi(track(on(60), off(60, 20_001 * 480))), "longer than 20000 quarters"),
    "beyond time": (
        midi(track(*[e for _ in range(9) for e in (on(60, 0xFFFFFFF), off(60, 0xFFFFFFF))])),
        "outside the range",
    ),
    "too fine a meter": (midi(track(meter(1, 6), on(60), off(60, 5)), division=3), "too short"),
}
"""Name: bytes, and what the reason must say."""
