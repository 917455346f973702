"""Chord symbols of MusicXML scores, as the chords that we know.

The kinds are those of MusicXML 4.0; degrees that are added or altered choose among the qualities
of `composer.music.facts`, and what has no quality of its own becomes the nearest one. The element
itself is kept beside (`composer.music.source.Symbol`), so nothing of it is lost on a page.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from composer.music.facts import CHORD_QUALITIES

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_KINDS = {
    "major": "major", "minor": "minor", "augmented": "augmented", "diminished": "diminished",
    "dominant": "dominant7", "major-seventh": "major7", "minor-seventh": "minor7",
    "diminished-seventh": "diminished7", "augmented-seventh": "augmented7",
    "half-diminished": "half-diminished7", "major-minor": "minor-major7",
    "major-sixth": "major6", "minor-sixth": "minor6", "dominant-ninth": "dominant9",
    "major-ninth": "major9", "minor-ninth": "minor9", "dominant-11th": "dominant11",
    "major-11th": "major9", "minor-11th": "minor11", "dominant-13th": "dominant13",
    "major-13th": "major9", "minor-13th": "minor11", "suspended-second": "sus2",
    "suspended-fourth": "sus4", "power": "power", "none": "none", "neapolitan": "major",
    "italian": "dominant7", "french": "dominant7-flat5", "german": "dominant7", "pedal": "major",
    "tristan": "half-diminished7",
}  # fmt: skip
_WITH_DEGREE = {
    ("major", "9"): "major-add9", ("major", "2"): "major-add9", ("major", "6"): "major6",
    ("dominant7", "b9"): "dominant7-flat9", ("dominant7", "#9"): "dominant7-sharp9",
    ("dominant7", "b5"): "dominant7-flat5", ("dominant7", "#5"): "augmented7",
    ("dominant7", "9"): "dominant9", ("dominant7", "11"): "dominant11",
    ("dominant7", "13"): "dominant13", ("major7", "#11"): "major7-sharp11",
    ("major7", "9"): "major9", ("minor7", "9"): "minor9", ("minor7", "11"): "minor11",
    ("minor7", "b5"): "half-diminished7", ("major6", "9"): "major6-9",
    ("sus4", "7"): "dominant7sus4", ("sus4", "b7"): "dominant7sus4",
    ("dominant7", "4"): "dominant7sus4", ("minor", "6"): "minor6", ("minor", "9"): "minor",
    ("major", "b5"): "dominant7-flat5", ("major", "#5"): "augmented",
    ("minor", "b5"): "diminished",
}  # fmt: skip


def chord_of_harmony(harmony: Element) -> tuple[int, str, int] | None:
    """Root, quality and bass of a `<harmony>`; none where it states no root."""
    kind = (harmony.findtext("kind") or "").strip()
    quality = _KINDS.get(kind, "major")
    if quality == "none":
        return 0, "none", 0
    root = _pitch_class(harmony, "root")
    if root is None:
        return None
    for degree in harmony.iterfind("degree"):
        value = (degree.findtext("degree-value") or "").strip()
        alter = (degree.findtext("degree-alter") or "0").strip()
        sign = {"-1": "b", "1": "#", "+1": "#"}.get(alter, "")
        quality = _WITH_DEGREE.get((quality, sign + value), quality)
    bass = _pitch_class(harmony, "bass")
    known = quality if quality in CHORD_QUALITIES else "major"
    return root, known, root if bass is None else bass


def _pitch_class(harmony: Element, role: str) -> int | None:
    step = (harmony.findtext(f"{role}/{role}-step") or "").strip().upper()
    if step not in _STEPS:
        return None
    try:
        alter = round(float(harmony.findtext(f"{role}/{role}-alter") or 0))
    except (ValueError, OverflowError):
        alter = 0
    return (_STEPS[step] + alter) % 12
