"""`harmonize`: the other voices of an ensemble under a melody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from composer.analysis.melody import is_one_line, top_line
from composer.composing.asking.held_to import held_to
from composer.composing.verbs.draft import chords_given, draft_of, stated_rows
from composer.composing.verbs.spans import (
    Progress,
    Turn,
    Writing,
    quiet,
    with_fields,
)
from composer.composing.writing.sampling import Chance
from composer.composing.writing.voice_leading import ACCOMPANIMENT, CHORALE, Rules
from composer.errors import RequestError
from composer.music.ensembles import Ensemble, EnsemblePart, find_ensemble
from composer.music.instruments import BY_NAME
from composer.music.piece import Note, Part, Piece
from composer.music.styles import Style
from composer.tokens.fields import UNKNOWN, Kind


def harmonize(
    melody: Piece,
    *,
    ensemble: str = "",
    chords: str = "",
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = quiet,
) -> Piece:
    """The notes of a melody, with the other seats of an ensemble under them.

    The melody is the part of that role, or else the first (of a part that plays chords the top
    line); the ensemble's first seat plays it, note for note. Without `ensemble` a choir sings, or
    in the styles of rhythm sections a small group plays. `chords` ("Dm7 G7 | Cmaj7", or Roman
    numerals) are repeated to the end; without them those stand that the melody's file states.
    Voices keep the rules of the chorale unless the style is a freer one. Raises RequestError if the
    ensemble has no other seat or a chord cannot be read.
    """
    request = held_to(
        melody, has_its_parts=False, style=style, mood=mood, ensemble=ensemble, chords=chords
    )
    played_by = request.ensemble or find_ensemble(_usual_ensemble(request.style))
    seats = played_by.parts
    if len(seats) < 2:
        raise RequestError(
            f"ensemble {played_by.name!r} has no part to write under a melody; give one of "
            "several parts, such as choir, string-quartet or band"
        )
    sung, tune = _tune(melody)
    lead = replace(seated(seats[0]), notes=tune, track=sung.track, channel=sung.channel)
    tags = replace(melody.tags, ensemble=played_by.name)
    parts = (lead, *map(seated, seats[1:]))
    draft = draft_of(replace(melody, parts=parts, tags=tags))
    writing = Writing(
        with_fields(draft, LONE_MELODY),
        Turn(request, seed, chance, weights),
        chords=chords_given(draft, request.chords, len(draft.bars)) or stated_rows(draft),
        rules=rules_for(played_by, request.style),
    )
    places = list(range(1, len(seats)))
    return writing.rewrite(0, len(draft.bars) - 1, places, progress, places).source


LONE_MELODY = {
    (Kind.MOOD, name): UNKNOWN for name in ("register", "legato", "density", "valence", "arousal")
}
"""What a melody alone says of these is not what the whole piece will be."""


def rules_for(ensemble: Ensemble, style: Style | None) -> Rules:
    """Voices keep the rules of the chorale where the style is strict or nobody says; others stay
    under the melody."""
    is_choir = all(BY_NAME[seat.instrument].section == "voice" for seat in ensemble.parts)
    is_strict = style is None or "counterpoint" in style.conventions
    if is_choir:
        return CHORALE if is_strict else CHORALE._replace(parallels=False)
    is_quartet = ensemble.name == "string-quartet"
    return CHORALE if is_quartet and is_strict else ACCOMPANIMENT


def seated(seat: EnsemblePart) -> Part:
    """A silent part for a seat of an ensemble."""
    instrument = BY_NAME[seat.instrument]
    program = 0 if instrument.is_drums else instrument.program
    return Part(instrument.name, program, (), seat.name, seat.role)


def _tune(piece: Piece) -> tuple[Part, tuple[Note, ...]]:
    """The part that has the melody, and the melody."""
    pitched = [part for part in piece.parts if part.notes and not part.is_drums]
    if not pitched:
        raise RequestError("there is no melody: no part has pitched notes")
    part = next((part for part in pitched if part.role == "melody"), pitched[0])
    return part, part.notes if is_one_line(part) else tuple(top_line(part.notes))


def _usual_ensemble(style: Style | None) -> str:
    is_band = style is not None and "band" in style.conventions
    return "ensemble" if is_band else "choir"
