"""How near a written score comes to the one that a person engraved, both as MusicXML.

Conventions: a note is matched by part, onset and sounding pitch; grace notes have no length and
are left out. Onsets and lengths are in quarters as exact fractions, a length that of all notes
tied together. Each measure is a share 0..1 (1: as the engraver wrote it), over the matched notes
unless it says otherwise; `onsets` says how many there are.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from composer.errors import UnreadablePieceError

_STEP_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class WrittenNote(NamedTuple):
    """A note as written: `step` and `alter` at sounding pitch, ties joined."""

    onset: Fraction
    pitch: int
    step: str
    alter: int
    staff: int
    voice: str
    measure: int
    length: Fraction


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """One part; `signatures` are (onset, fifths) in order, at sounding pitch."""

    notes: tuple[WrittenNote, ...]
    staves: int
    bar_lines: tuple[Fraction, ...]
    signatures: tuple[tuple[Fraction, int], ...]


class Scores(NamedTuple):
    """The measures of one score, and over how many notes (quarters for the key signature)."""

    onsets: float
    spelling: float
    staff: float
    voice_grouping: float
    written_length: float
    bar_lines: float
    key_signature: float
    notes: int
    staff_notes: int


def read_musicxml(path: Path) -> str:
    """The text of a MusicXML file, compressed or not. Raises `UnreadablePieceError`."""
    try:
        data = path.read_bytes()
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [n for n in archive.namelist() if not n.startswith("META-INF")]
                data = archive.read(next(n for n in names if n.endswith(("xml", "musicxml"))))
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError, StopIteration, zipfile.BadZipFile) as error:
        raise UnreadablePieceError(f"{path} is not MusicXML: {error}") from None


def written_parts(musicxml: str) -> list[WrittenPart]:
    """The parts of a MusicXML text. Raises `UnreadablePieceError` where it is not MusicXML."""
    try:
        root = ElementTree.fromstring(musicxml.encode())
    except ElementTree.ParseError as error:
        raise UnreadablePieceError(f"the text is not MusicXML: {error}") from None
    if root.tag != "score-partwise":
        raise UnreadablePieceError(f"the text is <{root.tag}>, not <score-partwise>")
    return [_PartReader().read(part) for part in root.iter("part")]


class _PartReader:
    """Walks through one part's measures with a cursor, as the format demands."""

    def __init__(self) -> None:
        self.divisions = 1
        self.transposition = 0
        self.fifths_shift = 0
        self.staves = 1
        self.bar_start = Fraction(0)
        self.heads: list[tuple[WrittenNote, bool, bool]] = []
        self.bar_lines: list[Fraction] = []
        self.signatures: list[tuple[Fraction, int]] = []

    def read(self, part: Element) -> WrittenPart:
        for number, measure in enumerate(part.iter("measure")):
            self.bar_lines.append(self.bar_start)
            self.bar_start += self._read_measure(measure, number)
        notes = tuple(sorted(_tied_together(self.heads)))
        return WrittenPart(notes, self.staves, tuple(self.bar_lines), tuple(self.signatures))

    def _read_measure(self, measure: Element, number: int) -> Fraction:
        """Read a measure and return how long it is."""
        position = furthest = onset = Fraction(0)
        for element in measure:
            length = Fraction(int(element.findtext("duration") or 0), self.divisions)
            if element.tag == "attributes":
                self._read_attributes(element, self.bar_start + position)
            elif element.tag == "backup":
                position -= length
            elif element.tag == "forward":
                position += length
            elif element.tag == "note" and element.find("grace") is None:
                if element.find("chord") is None:
                    onset = position
                    position += length
                self._read_note(element, self.bar_start + onset, length, number)
            furthest = max(furthest, position)
        return furthest

    def _read_attributes(self, attributes: Element, onset: Fraction) -> None:
        self.divisions = int(attributes.findtext("divisions") or self.divisions)
        self.staves = max(self.staves, int(attributes.findtext("staves") or 1))
        transpose = attributes.find("transpose")
        if transpose is not None:
            octaves = int(transpose.findtext("octave-change") or 0)
            chromatic = int(transpose.findtext("chromatic") or 0)
            self.transposition = chromatic + 12 * octaves
            self.fifths_shift = (7 * chromatic + 5) % 12 - 5
        fifths = attributes.findtext("key/fifths")
        if fifths is not None:
            self.signatures.append((onset, int(fifths) + self.fifths_shift))

    def _read_note(self, note: Element, onset: Fraction, length: Fraction, measure: int) -> None:
        pitch = note.find("pitch")
        if pitch is None:
            return
        step, octave = pitch.findtext("step") or "C", int(pitch.findtext("octave") or 4)
        alter = int(float(pitch.findtext("alter") or 0))
        sounding = 12 * (octave + 1) + _STEP_PITCH_CLASSES[step] + alter + self.transposition
        if self.fifths_shift:
            step, alter = _along_fifths(step, self.fifths_shift, sounding)
        ties = {tie.get("type") for tie in note.iter("tie")}
        written = WrittenNote(
            onset,
            sounding,
            step,
            alter,
            int(note.findtext("staff") or 1),
            note.findtext("voice") or "1",
            measure,
            length,
        )
        self.heads.append((written, "stop" in ties, "start" in ties))


def _along_fifths(step: str, fifths: int, pitch: int) -> tuple[str, int]:
    steps = "CDEFGAB"
    letter = steps[(steps.index(step) + 4 * fifths) % 7]
    return letter, (pitch - _STEP_PITCH_CLASSES[letter] + 6) % 12 - 6


def _tied_together(heads: Iterable[tuple[WrittenNote, bool, bool]]) -> list[WrittenNote]:
    notes: list[WrittenNote] = []
    open_ties: dict[tuple[Fraction, int], int] = {}
    for note, is_continued, goes_on in sorted(heads, key=lambda head: head[0][:2]):
        place = open_ties.pop((note.onset, note.pitch), None) if is_continued else None
        if place is None:
            place = len(notes)
            notes.append(note)
        else:
            notes[place] = notes[place]._replace(length=notes[place].length + note.length)
        if goes_on:
            open_ties[note.onset + note.length, note.pitch] = place
    return notes


def evaluate(reference: Sequence[WrittenPart], estimate: Sequence[WrittenPart]) -> Scores:
    """All measures of an estimated score against the engraver's."""
    reference, estimate = from_first_onset(reference), from_first_onset(estimate)
    partners = _partners(reference, estimate)
    pairs = [
        (ours, theirs, part)
        for part, partner in zip(reference, partners, strict=True)
        if partner is not None
        for ours, theirs in matched_notes(part, estimate[partner])
    ]
    on_two_staves = [(a, b) for a, b, part in pairs if part.staves > 1]
    total = sum(len(part.notes) for part in reference)
    return Scores(
        onsets=_share(len(pairs), total),
        spelling=_share(sum(a[2:4] == b[2:4] for a, b, _ in pairs), len(pairs)),
        staff=_share(sum(a.staff == b.staff for a, b in on_two_staves), len(on_two_staves)),
        voice_grouping=voice_grouping(pairs),
        written_length=_share(sum(a.length == b.length for a, b, _ in pairs), len(pairs)),
        bar_lines=bar_line_agreement(reference[0].bar_lines, estimate[0].bar_lines),
        key_signature=signature_agreement(reference[0], estimate[0]),
        notes=len(pairs),
        staff_notes=len(on_two_staves),
    )


def from_first_onset(parts: Sequence[WrittenPart]) -> list[WrittenPart]:
    """The parts with onsets counted from the first note, however its pickup is written."""
    origin = min((note.onset for part in parts for note in part.notes), default=Fraction(0))
    return [
        WrittenPart(
            tuple(note._replace(onset=note.onset - origin) for note in part.notes),
            part.staves,
            tuple(start - origin for start in part.bar_lines),
            tuple((start - origin, fifths) for start, fifths in part.signatures),
        )
        for part in parts
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _partners(
    reference: Sequence[WrittenPart], estimate: Sequence[WrittenPart]
) -> list[int | None]:
    """For each part of the reference, the part of the estimate that shares most notes with it."""
    ours = [Counter(note[:2] for note in part.notes) for part in reference]
    theirs = [Counter(note[:2] for note in part.notes) for part in estimate]
    common = sorted(
        ((sum((a & b).values()), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    partners: dict[int, int] = {}
    for count, i, j in common:
        if count and i not in partners and j not in partners.values():
            partners[i] = j
    return [partners.get(i) for i in range(len(reference))]


def matched_notes(
    reference: WrittenPart, estimate: WrittenPart
) -> list[tuple[WrittenNote, WrittenNote]]:
    """Pairs of notes with the same onset and pitch, of one part each."""
    waiting: dict[tuple[Fraction, int], list[WrittenNote]] = defaultdict(list)
    for note in estimate.notes:
        waiting[note.onset, note.pitch].append(note)
    pairs = []
    for note in reference.notes:
        candidates = waiting.get((note.onset, note.pitch))
        if candidates:
            pairs.append((note, candidates.pop(0)))
    return pairs


def voice_grouping(pairs: Sequence[tuple[WrittenNote, WrittenNote, WrittenPart]]) -> float:
    """How many notes stand in the right voice, measure by measure and staff by staff.

    Inside a measure of one of the engraver's staves, voices are paired off, largest common ones
    first, whatever their numbers; a note counts where its two voices are a pair.
    """
    measures: dict[tuple[int, int, int], Counter[tuple[str, tuple[int, str]]]]
    measures = defaultdict(Counter)
    for ours, theirs, part in pairs:
        place = (id(part), ours.measure, ours.staff)
        measures[place][ours.voice, (theirs.staff, theirs.voice)] += 1
    right = 0
    for counts in measures.values():
        taken: set[object] = set()
        for (ours_voice, theirs_voice), count in counts.most_common():
            labels = {("ours", ours_voice), ("theirs", theirs_voice)}
            if not labels & taken:
                taken |= labels
                right += count
    return _share(right, len(pairs))


def bar_line_agreement(reference: Sequence[Fraction], estimate: Sequence[Fraction]) -> float:
    """F-measure of bar line positions (onsets in quarters)."""
    common = len(set(reference) & set(estimate))
    return _share(2 * common, len(set(reference)) + len(set(estimate)))


def signature_agreement(reference: WrittenPart, estimate: WrittenPart) -> float:
    """The share of the reference's measures that begin under the same signature."""
    starts = reference.bar_lines
    same = sum(
        _fifths_at(reference.signatures, start) == _fifths_at(estimate.signatures, start)
        for start in starts
    )
    return _share(same, len(starts))


def _fifths_at(signatures: Sequence[tuple[Fraction, int]], onset: Fraction) -> int:
    before = [fifths for start, fifths in signatures if start <= onset]
    return (before or [fifths for _, fifths in signatures[:1]] or [0])[-1]
