"""A score that was read and has been changed since: measures that are as they were stay as the
file writes them, the others are those of our own page of the piece, put into its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from composer.music.facts import Chord
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.rendering.musicxml.changed_measure import (
    Ours,
    Signs,
    added,
    clefs_inside,
    moved_to,
    rewritten,
    with_score_around,
)
from composer.rendering.musicxml.header import text_element
from composer.rendering.musicxml.loose_ends import mend_slurs, slurs_of, tie_over_seams
from composer.rendering.musicxml.musicxml import score_element
from composer.rendering.musicxml.read_measures import ReadMeasures, own_parts, with_bars_at
from composer.rendering.musicxml.unrolled import unroll
from composer.rendering.score.score import build_score


def changed_score(root: Element, piece: Piece, chords: Sequence[Chord], repeats: bool) -> bool:
    """Bring the score that a piece was read from (`has_read_measures`) to what the piece is now.

    `chords` are printed instead of its own, if there are any. Its repeats are written out without
    `repeats`, and where the passes of one differ. False where our page has other bars than the
    score; then `root` is as it was.
    """
    source = piece.source
    assert source is not None
    measures = ReadMeasures.of(piece, source)
    lead = int(measures.edges[0] > 0)
    page = with_bars_at(piece, measures.edges)
    score = build_score(page, pickup=False)
    ours_root = score_element(score, page, chords=chords)
    pages = [_our_measures(ours_root, part) for part in ours_root.iterfind("part")]
    if any(len(own) != len(measures.edges) - 1 + lead for own in pages):
        return False
    printed = max(len(part.findall("measure")) for part in root.iterfind("part"))
    shown = measures.printed(piece, source, printed) if repeats else None
    if shown is None:
        unroll(root, source.played_measures)
        shown, printed = list(range(len(measures.edges) - 1)), len(source.played_measures)
    lengths = [
        Fraction(end - start, piece.ticks_per_quarter) for start, end in pairwise(measures.edges)
    ]
    rests = [_rest(lengths[max(place, 0)]) for place in shown]
    own = own_parts(piece)
    by_track = {part.track: number for number, part in enumerate(score.piece.parts)}
    for track, part in enumerate(root.findall("part")):
        if track in own:
            now, before = measures.now[own[track]], measures.before[track]
            ours = rests
            if track in by_track:
                ours = [pages[by_track[track]][lead + max(place, 0)] for place in shown]
            is_changed = [place >= 0 and now[place] != before[place] for place in shown[:printed]]
            _splice(part, ours, is_changed, _drums(root, part))
        elif track in measures.before:
            _remove(root, part)
        else:
            _splice(part, rests, [False] * printed, {})
    kept = {by_track[track] for track in own if track in by_track}
    for number, of_part in enumerate(pages):
        if number not in kept:
            ours = [
                of_part[lead + place] if place >= 0 else rest
                for place, rest in zip(shown, rests, strict=True)
            ]
            _append_part(root, ours_root, number, ours)
    first = [pages[0][lead + place] if place >= 0 else None for place in shown]
    if chords:
        _put_marks(root, first, "harmony", "root")
    scale = piece.ticks_per_quarter // source.ticks_per_quarter
    if piece.tempi != tuple(tempo._replace(tick=tempo.tick * scale) for tempo in source.tempi):
        if lead:
            first[0] = _with_lead(pages[0][0], pages[0][1])
        _put_marks(root, first, "direction", "direction-type/metronome")
    return True


def _our_measures(root: Element, part: Element) -> list[Ours]:
    signs, drums = Signs(), {id_: sound for sound, id_ in _drums(root, part).items()}
    found = []
    for measure in part.iterfind("measure"):
        signs.read(measure)
        found.append(Ours(measure, replace(signs), drums))
    return found


def _with_lead(lead: Ours, first: Ours) -> Ours:
    """The first measure with the marks of what is before it."""
    measure = Element("measure")
    measure.extend(deepcopy(child) for child in lead.measure if child.find("offset") is None)
    measure.extend(first.measure)
    return replace(first, measure=measure)


def _rest(length: Fraction) -> Ours:
    """A measure of silence, so many quarters long."""
    measure = Element("measure")
    note = SubElement(measure, "note")
    SubElement(note, "rest", measure="yes")
    text_element(note, "duration", round(length * GRID_TICKS_PER_QUARTER))
    text_element(note, "voice", 1)
    return Ours(measure, Signs(Fraction(GRID_TICKS_PER_QUARTER)), {})


def _drums(root: Element, part: Element) -> dict[str, str]:
    """The instruments of a part by their General MIDI drum sounds, as the score numbers them."""
    return {
        (midi.findtext("midi-unpitched") or "").strip(): midi.get("id", "")
        for listed in root.iterfind("part-list/score-part")
        if listed.get("id") == part.get("id")
        for midi in listed.iterfind("midi-instrument")
    }


def _splice(
    part: Element, ours: Sequence[Ours], is_changed: Sequence[bool], drums: Mapping[str, str]
) -> None:
    """Put ours into a part where it has changed, and behind its end."""
    printed = part.findall("measure")
    is_longer = len(ours) > len(is_changed)
    if not is_longer and not any(is_changed):
        return
    slurs, before = slurs_of(part), list(part.iter("note"))
    for attributes in part.iter("attributes"):  # no signs for several measures any more
        for style in attributes.findall("measure-style"):
            attributes.remove(style)
    signs = Signs()
    heirs: dict[Element, Element] = {}
    is_ours = []
    for place, base in enumerate(printed):
        is_sign = base.find("note") is None and ours[place].measure.find("note/pitch") is not None
        is_ours.append(place < len(is_changed) and (is_changed[place] or is_sign))
        if is_ours[-1]:
            measure, found = rewritten(base, ours[place], signs, drums)
            part.insert(list(part).index(base), measure)
            part.remove(base)
            heirs |= found
        else:
            heirs |= {note: note for note in base.iter("note")}
            if place and is_ours[-2]:
                _state(base, signs.divisions, [])
        signs.read(base)
        if is_ours[-1] and place + 1 < len(printed):
            _state(printed[place + 1], None, clefs_inside(base, signs.divisions))
    if is_longer and printed:
        line = _without_final_line(part.findall("measure")[-1])
        for number, later in enumerate(ours[len(is_changed) :], len(printed) + 1):
            part.append(added(number, later, signs, drums))
            is_ours.append(True)
        part[-1].append(line)
    mend_slurs(slurs, before, heirs)
    tie_over_seams(part, is_ours)


def _state(measure: Element, divisions: Fraction | None, clefs: Sequence[Element]) -> None:
    """Say at the beginning of a measure what the one before no longer says."""
    attributes = Element("attributes")
    if divisions is not None and measure.find("attributes/divisions") is None:
        text_element(attributes, "divisions", divisions)
    attributes.extend(clefs)
    if len(attributes):
        measure.insert(0, attributes)


def _without_final_line(measure: Element) -> Element:
    """Take the double bar line at the end of a piece from a measure, where it is no repeat."""
    for line in measure.findall("barline"):
        if line.findtext("bar-style") == "light-heavy" and line.find("repeat") is None:
            measure.remove(line)
    line = Element("barline", location="right")
    text_element(line, "bar-style", "light-heavy")
    return line


def _remove(root: Element, part: Element) -> None:
    root.remove(part)
    part_list = root.find("part-list")
    for listed in part_list if part_list is not None else ():
        if listed.get("id") == part.get("id") and listed.tag == "score-part":
            part_list.remove(listed)  # type: ignore[union-attr]
            return


def _append_part(root: Element, ours_root: Element, number: int, ours: Sequence[Ours]) -> None:
    """A part that the score does not have, under it."""
    part_list, model = root.find("part-list"), root.find("part")
    listed = deepcopy(ours_root.findall("part-list/score-part")[number])
    if part_list is None:
        return
    name = f"new-{listed.get('id')}"
    for element in listed.iter():
        if "id" in element.attrib:
            element.set("id", f"new-{element.get('id')}")
    part_list.append(listed)
    part = SubElement(root, "part", id=name)
    around = [] if model is None else model.findall("measure")
    for place, measure in enumerate(ours):
        part.append(with_score_around(measure, around[place] if place < len(around) else None))


def _put_marks(root: Element, ours: Sequence[Ours | None], tag: str, path: str) -> None:
    """Replace all elements of a tag that have this path by those of our first part."""
    for measure in root.iter("measure"):
        for old in measure.findall(tag):
            if old.find(path) is not None:
                measure.remove(old)
    part, signs = root.find("part"), Signs()
    for measure, own in zip(part if part is not None else (), ours, strict=False):
        signs.read(measure)
        if own is None:
            continue
        place = max((n for n, one in enumerate(measure) if one.tag == "attributes"), default=-1) + 1
        if any(child.tag == "note" for child in measure[:place]):
            place = 0
        marks = [child for child in own.measure.findall(tag) if child.find(path) is not None]
        for mark in reversed(marks):
            moved = moved_to(mark, Fraction(0), own.signs.divisions, signs.divisions)
            measure.insert(place, moved)
