"""A piece around a given melody: who plays it, what is written beside it, and how it goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from composer.analysis.analyse import analyse
from composer.analysis.key_finding import estimate_key
from composer.analysis.melody import melody_put_back
from composer.composing.asking.request import Request
from composer.composing.verbs.continuing import continued
from composer.composing.verbs.draft import chords_given, draft_of, stated_rows
from composer.composing.verbs.harmonizing import LONE_MELODY, rules_for, seated
from composer.composing.verbs.spans import Progress, Turn, Writing, with_fields
from composer.composing.writing.sampling import Chance, quiet
from composer.composing.writing.voice_leading import Rules
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.chords import place_progression
from composer.music.ensembles import Ensemble, EnsemblePart
from composer.music.facts import Chord
from composer.music.instruments import BY_NAME
from composer.music.piece import Part, Piece, Tags, TempoChange
from composer.music.source import chords_stated


def accompanied(
    request: Request,
    seed: int,
    chance: Chance,
    weights: Path | None = None,
    progress: Progress = quiet,
) -> Piece:
    """A piece of `request.bars` bars that begins with `request.melody`, note for note.

    The melody is played by the seat for a melody, or by the first whose range holds it; without an
    ensemble by its own instrument, over a piano. Raises RequestError where nobody is left to
    accompany.
    """
    melody = request.melody
    assert melody is not None
    (tune,) = melody.parts
    ensemble, seats = _seats(request, tune)
    lead = _lead(seats, tune)
    is_alone = len(seats) == 1
    has_voices = bool(request.ensemble or request.instruments) and not is_alone
    if is_alone:
        seats = (*seats, seats[0])
    parts = [seated(seat) for seat in seats]
    parts[lead] = replace(
        parts[lead], notes=tune.notes, role="melody", track=tune.track, channel=tune.channel
    )
    begun = replace(_in_tempo(melody, request), parts=tuple(parts), tags=_tags(melody, request))
    draft, turn = draft_of(begun), Turn(request, seed, chance, weights)
    writing = Writing(
        with_fields(draft, LONE_MELODY),
        turn,
        chords=chords_given(draft, request.chords, len(draft.bars)) or stated_rows(draft),
        rules=rules_for(ensemble, request.style) if has_voices else Rules(crossing=True),
    )
    others = [place for place in range(len(seats)) if place != lead]
    more_bars = request.bars - len(draft.bars)

    def tell(done: int, total: int) -> None:
        progress(done, request.bars)

    piece = writing.rewrite(0, len(draft.bars) - 1, others, tell, others).source
    if more_bars:
        piece = continued(draft_of(piece), more_bars, turn)
        progress(request.bars, request.bars)
    return melody_put_back(piece, lead, parts) if is_alone else piece


def chords_over(piece: Piece, request: Request) -> tuple[Chord, ...]:
    """The chords that were asked for, those that the melody's file states, or those that are heard,
    at ticks of the piece."""
    if request.chords:
        return place_progression(request.chords, bars_of(piece), piece.ticks_per_quarter)
    return chords_stated(piece) or analyse(piece).chords


def with_heard_key(piece: Piece) -> Piece:
    """The piece with the key that is heard where its file says nothing."""
    heard = None if piece.keys else estimate_key(piece)
    return replace(piece, keys=(heard._replace(tick=0),)) if heard else piece


def _seats(request: Request, tune: Part) -> tuple[Ensemble, tuple[EnsemblePart, ...]]:
    """Who plays; the ensemble has these seats."""
    if request.instruments:
        seats = tuple(EnsemblePart(i.name, i.label) for i in request.instruments)
    elif request.ensemble is not None:
        seats = request.ensemble.parts
    else:
        own = EnsemblePart(tune.instrument, BY_NAME[tune.instrument].label, "melody")
        piano = EnsemblePart("piano", BY_NAME["piano"].label)
        seats = (piano,) if tune.instrument == "piano" else (own, piano)
    can_accompany = len(seats) > 1 or not BY_NAME[seats[0].instrument].is_monophonic
    if not can_accompany:
        raise RequestError(
            f"{seats[0].name} alone cannot accompany a melody; give more instruments or another "
            "ensemble"
        )
    name = request.ensemble.name if request.ensemble and not request.instruments else ""
    return Ensemble(name, name, 0, seats), seats


def _lead(seats: tuple[EnsemblePart, ...], tune: Part) -> int:
    """The place of the seat that plays the melody. Raises RequestError if all are drums."""
    pitched = [place for place, s in enumerate(seats) if not BY_NAME[s.instrument].is_drums]
    if not pitched:
        raise RequestError("drums cannot play a melody; give instruments that have pitches")
    low, high = (pick(note.pitch for note in tune.notes) for pick in (min, max))

    def merit(place: int) -> tuple[bool, bool, int]:
        instrument = BY_NAME[seats[place].instrument]
        can_play = instrument.low <= low and high <= instrument.high
        return seats[place].role == "melody", can_play, -place

    return max(pitched, key=merit)


def _in_tempo(piece: Piece, request: Request) -> Piece:
    if request.quarters_per_minute is None:
        return piece
    return replace(piece, tempi=(TempoChange(0, request.quarters_per_minute),))


def _tags(melody: Piece, request: Request) -> Tags:
    style = request.style
    is_composer = style is not None and style.kind == "composer"
    tags = replace(
        melody.tags,
        ensemble=request.ensemble.name if request.ensemble else "",
        mood=request.mood.name if request.mood else melody.tags.mood,
    )
    if style is None:
        return tags
    return replace(
        tags,
        style=style.parent if is_composer else style.name,
        composer=style.name if is_composer else "",
    )
