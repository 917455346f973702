"""The one function behind everything: a request goes in, a piece comes out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.keys import estimate_key
from composer.composing.climax import as_cue
from composer.composing.foretaste import with_cue
from composer.composing.given import (
    choose_fifths,
    given_chords,
    given_fields,
    section_starts,
)
from composer.composing.lockstep import one_thread as one_thread
from composer.composing.lockstep import write_all
from composer.composing.naming import file_stem, remove_later_pages, title_of
from composer.composing.report import achieved, report
from composer.composing.request import Request, make_request
from composer.composing.sampling import Chance, Writer
from composer.errors import RequestError
from composer.model.checkpoint import Checkpoint, load_checkpoint
from composer.model.transformer import RowTables
from composer.music.bars import bars_of
from composer.music.facts import Chord
from composer.music.piece import Piece, TempoChange
from composer.rendering.files import write_piece
from composer.tokens.decode import chords_of, decode
from composer.tokens.fields import FORMAT_VERSION, layout
from composer.tokens.grammar import Grammar
from composer.tokens.transpose import semitones_to_common_key, transposed

WEIGHTS = Path(__file__).parents[1] / "weights.safetensors"
LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Composition:
    """A piece, what was asked and what was achieved. `fingerprint` names the weights."""

    piece: Piece
    chords: tuple[Chord, ...]
    request: Request
    seed: int
    fingerprint: str
    name: str
    """A stem for file names (see `file_stem`)."""

    @property
    def achieved(self) -> dict[str, str | int | float | None]:
        """What the notes say, by field: what `report` tells beside what was asked."""
        return {field.name: field.achieved for field in achieved(self.piece, self.request)}

    def report(self) -> dict[str, Any]:
        """Request, achievement, seed, versions and originality, as plain values for JSON."""
        return report(
            self.piece, self.request, verb="compose", seed=self.seed, fingerprint=self.fingerprint
        )


def compose(
    *,
    style: str = "",
    mood: str = "",
    bars: int | None = None,
    key: str = "",
    meter: str = "",
    tempo: float | None = None,
    ensemble: str = "",
    instruments: Sequence[str] = (),
    preset: str = "",
    title: str = "",
    chords: str = "",
    form: str = "",
    guidance: float = 0.0,
    seconds: float | None = None,
    hit: float | None = None,
    like: Piece | None = None,
    seed: int | None = None,
    temperature: float = 0.8,
    top_p: float = 1.0,
    min_p: float = 0.1,
    weights: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Composition:
    """Compose a piece; what is not given is chosen by the model, or by the mood.

    `bars` is 16 unless a preset says otherwise; `tempo` is in quarters a minute; `key` is a key
    or a mode; `style` may be a blend ("bach:0.6,joplin:0.4"), `mood` a curve ("calm@1 tense@9"),
    `chords` symbols or Roman numerals bar by bar, again and again to the end ("Dm7 G7 | Cmaj7"),
    `form` sections by letter ("AABA"); `guidance` strengthens style and mood. `seconds` is an exact
    duration, to the end of the last bar, and `hit` the second at which a bar and the climax begin;
    bars, meter and tempo follow. `like` is a piece as an influence: its style, instruments, meter,
    tempo, mode, form and texture where they are free, none of its notes. The same seed, request
    and weights give the same piece; without a seed one is drawn. `progress(bars done, bars in all)`
    is called as bars are written. Raises RequestError for what cannot be met, CheckpointError for
    weights that cannot be used.
    """
    request = make_request(
        style=style,
        mood=mood,
        bars=bars,
        key=key,
        meter=meter,
        tempo=tempo,
        ensemble=ensemble,
        instruments=instruments,
        preset=preset,
        title=title,
        chords=chords,
        form=form,
        guidance=guidance,
        seconds=seconds,
        hit=hit,
        like=like,
    )
    chance = Chance(temperature, top_p, min_p)
    seed = new_seed(seed)
    checkpoint = load_weights(weights)
    request = with_cue(checkpoint.model, request, chance, np.random.default_rng([seed, 1]))
    random = np.random.default_rng(seed)
    fifths = choose_fifths(request, random)
    semitones = -semitones_to_common_key(fifths)
    grammar = Grammar(
        request.bars,
        chords=given_chords(request, semitones),
        section_starts=section_starts(request),
        semitones=semitones,
    )
    writer = Writer(checkpoint.model, grammar, given_fields(request), chance, random)
    rows = transposed(write_all([writer], progress)[0], semitones)
    piece = _finished(decode(rows), request, fifths)
    fingerprint = checkpoint.fingerprint
    name = file_stem(request, seed, chance, fingerprint if weights else "")
    return Composition(piece, chords_of(rows), request, seed, fingerprint, name)


def write(
    composition: Composition,
    folder: Path,
    formats: Sequence[str] = ("mid", "musicxml", "pdf"),
    *,
    mechanical: bool = False,
    loop: bool = False,
    stems: bool = False,
    parts: bool = False,
    repeats: bool = True,
    paper: str = "a4",
    soundfont: Path | None = None,
) -> list[Path]:
    """Write the piece to `folder/<name>.<format>`; the paths, in order.

    The options and what is raised are those of `composer.write_piece`.
    """
    paths = write_piece(
        composition.piece,
        folder,
        composition.name,
        formats,
        seed=composition.seed,
        mechanical=mechanical,
        loop=loop,
        stems=stems,
        parts=parts,
        repeats=repeats,
        paper=paper,
        soundfont=soundfont,
        subtitle=_subtitle(composition.request),
        chords=composition.chords if _shows_chords(composition) else (),
        sections=_sections(composition),
        credit=f"composed with symbolic-composer, seed {composition.seed}",
        punctual=_punctual(composition),
    )
    remove_later_pages(folder, composition.name, paths)
    return paths


def load_weights(path: Path | None = None) -> Checkpoint:
    """The given weights or those of the package. Raises CheckpointError if they cannot be used."""
    path = path or WEIGHTS
    return _load(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=2)
def _load(path: Path, modified: int) -> Checkpoint:
    return load_checkpoint(path, FORMAT_VERSION, RowTables(**asdict(layout())))


def new_seed(seed: int | None) -> int:
    """The seed that is given, or one drawn. Raises RequestError for a number that is no seed."""
    if seed is None:
        return secrets.randbelow(10**6)
    if not 0 <= seed <= LARGEST_SEED:
        raise RequestError(f"seed {seed} is not possible; give a whole number 0 to {LARGEST_SEED}")
    return seed


def _finished(piece: Piece, request: Request, fifths: int) -> Piece:
    """With its title, its key as it is heard or was asked for, and the very tempo and duration."""
    keys = tuple(key._replace(fifths=fifths) for key in piece.keys[:1])
    piece = replace(piece, keys=keys)
    heard = None if request.key or request.mode else estimate_key(piece)
    if heard:
        piece = replace(piece, keys=(heard._replace(tick=0),))
    if request.cue is not None:
        piece = as_cue(piece, request.cue, request.mood)
    elif request.quarters_per_minute is not None:
        piece = replace(piece, tempi=(TempoChange(0, request.quarters_per_minute),))
    return replace(piece, title=title_of(piece, request))


def _punctual(composition: Composition) -> tuple[int, ...]:
    """Ticks that a performance must not shift."""
    piece, cue = composition.piece, composition.request.cue
    return () if cue is None else (*cue.hit_ticks(piece), piece.end_tick)


def _shows_chords(composition: Composition) -> bool:
    """Chord symbols stand over a lead sheet, and wherever chords were given."""
    is_lead_sheet = composition.piece.tags.ensemble in ("lead-sheet", "melody")
    return bool(composition.request.chords) or is_lead_sheet


def _sections(composition: Composition) -> list[tuple[int, str]]:
    """(tick, letter) of each section of a form that was given, and the hit."""
    bars = bars_of(composition.piece)
    starts = section_starts(composition.request)
    letters = composition.request.form
    sections = [(bars[bar].start_tick, name) for bar, name in zip(starts, letters, strict=True)]
    cue = composition.request.cue
    hits = cue.hit_ticks(composition.piece) if cue else ()
    return sorted([*sections, *((tick, "hit") for tick in hits)])


def _subtitle(request: Request) -> str:
    """What the title does not say: whom it is after, and the mood."""
    style, asked = request.style, request.asked()
    whom = f"after {style.label}" if style and style.kind == "composer" else ""
    return ", ".join(word for word in (whom, str(asked.get("mood", ""))) if word)
