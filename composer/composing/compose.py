"""The one function behind everything: a request goes in, a piece comes out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from composer.composing.asking.fields_asked import section_starts
from composer.composing.asking.likely_header import with_cue
from composer.composing.asking.request import USUAL_CANDIDATES, Request, make_request
from composer.composing.candidates import Choice, Task, Watch, choose_all, sketch_of_task
from composer.composing.naming import file_stem, labels_asked, remove_later_pages, title_of
from composer.composing.report import achieved, report, write_report
from composer.composing.sketched import Sketched
from composer.composing.verbs.accompanying import accompanied, chords_over, with_heard_key
from composer.composing.writing.sampling import MIN_P, TEMPERATURE, Chance, quiet
from composer.composing.writing.weights import Loaded, load_weights, new_seed
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.facts import Chord
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.rendering.files import free_name, write_piece
from composer.rendering.formats import SOUND_FORMATS
from composer.rendering.score.score import for_page


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
    choice: Choice | None = None
    """From what it was chosen; None around a melody."""
    chance: Chance = field(default_factory=Chance)
    best_of: int = 1

    @property
    def achieved(self) -> dict[str, str | int | float | None]:
        """What the notes say, by field: what `report` tells beside what was asked."""
        return {field.name: field.achieved for field in achieved(self.piece, self.request)}

    @property
    def rejected(self) -> int:
        """How many candidates were copies."""
        return self.choice.rejected if self.choice else 0

    def _repr_html_(self) -> str:
        """What a notebook shows: what was asked and achieved, a player, and the score."""
        from composer.rendering.pages.notebook import notebook_html

        rows = [
            (field.name, f"{field.achieved} (asked: {field.asked})")
            for field in achieved(self.piece, self.request)
            if field.asked is not None
        ]
        rows.append(("seed", str(self.seed)))
        chords = (
            _shown_chords(self) if self.piece.ticks_per_quarter == GRID_TICKS_PER_QUARTER else ()
        )
        return notebook_html(self.piece, rows, seed=self.seed, chords=chords)

    def report(self) -> dict[str, Any]:
        """Request, achievement, seed, versions, originality and candidates, plain for JSON."""
        told = report(
            self.piece,
            self.request,
            verb="compose",
            seed=self.seed,
            fingerprint=self.fingerprint,
            said={**self.request.asked(), **self.chance.plain(), "best_of": self.best_of},
            given=self.request.melody,
        )
        if self.choice is None:
            return told
        windows = [window._asdict() for window in self.choice.best.windows]
        return told | {"candidates": self.choice.plain(), "beyond_context": windows}


def compose(
    *,
    style: str = "",
    mood: str = "",
    bars: int | None = None,
    key: str = "",
    meter: str = "",
    tempo: float | None = None,
    ensemble: str = "",
    instruments: str | Sequence[str] = (),
    preset: str = "",
    title: str = "",
    chords: str = "",
    form: str = "",
    guidance: float = 0.0,
    seconds: float | None = None,
    hit: float | None = None,
    melody: Piece | None = None,
    like: Piece | None = None,
    sketch: Sketched | None = None,
    seed: int | None = None,
    temperature: float = TEMPERATURE,
    top_p: float = 1.0,
    min_p: float = MIN_P,
    best_of: int | None = None,
    weights: Path | None = None,
    progress: Callable[[int, int], None] = quiet,
    watch: Callable[[int, Piece], None] | None = None,
) -> Composition:
    """Compose a piece; what is not given is chosen by the model, or by the mood.

    `bars` is 16 unless a preset says otherwise; `tempo` is in quarters a minute; `key` is a key
    or a mode; `style` may be a blend ("bach:0.6,joplin:0.4"), `mood` a curve ("calm@1 tense@9"),
    `chords` symbols or Roman numerals bar by bar, again and again to the end ("Dm7 G7 | Cmaj7"),
    `form` sections by letter ("AABA"); `guidance` strengthens style and mood. `seconds` is an exact
    duration, to the end of the last bar, and `hit` the second at which a bar and the climax begin;
    bars, meter and tempo follow. `melody` is a piece whose melody this one begins with, note for
    note; it decides key, meter and, unless there are to be more, bars. `like` is a piece as an
    influence: its style, instruments, meter, tempo, mode, form and texture where they are free,
    none of its notes. `sketch` is one that `sketch` wrote, edited or not: the notes are written
    under its chords and phrases, and what it was asked for holds where nothing else is. Of
    `best_of` candidates (by default 4, around a melody one), written side by side, the critic
    chooses. The same
    seed, request and weights give the same piece; without a seed one is drawn. `progress(bars done,
    bars in all)` is called as bars are written, `watch(candidate, the piece so far)` as bars of a
    candidate (from 0) are. Raises RequestError for what cannot be met,
    CheckpointError for weights that cannot be used.
    """
    asked = locals().copy()
    for name in ("weights", "progress", "watch"):
        del asked[name]
    checkpoint = load_weights(weights)
    task = _task(checkpoint, **asked)
    seen = None if watch is None else (lambda _, number, piece: watch(number, piece))
    return _composed(checkpoint, [task], weights, progress, seen)[0]


def compose_all(
    requests: Sequence[Mapping[str, Any]],
    weights: Path | None = None,
    progress: Callable[[int, int], None] = quiet,
) -> list[Composition]:
    """A composition for each request (arguments of `compose`), written side by side.

    It takes a fraction of the time of one after another. A request may also name leans that it is
    written `without` (see `composer.composing.leans`). Raises what `compose` raises.
    """
    checkpoint = load_weights(weights)
    tasks = [_task(checkpoint, **request) for request in requests]
    return _composed(checkpoint, tasks, weights, progress)


def _task(checkpoint: Loaded, **request: Any) -> Task:
    task = task_asked(**request)
    random = np.random.default_rng([task.seed, 1])
    cued = with_cue(checkpoint.model, task.request, task.chance, random)
    return replace(task, request=cued)


def task_asked(
    *,
    seed: int | None = None,
    temperature: float = TEMPERATURE,
    top_p: float = 1.0,
    min_p: float = MIN_P,
    best_of: int | None = None,
    sketch: Sketched | None = None,
    without: Collection[str] = (),
    **fields: Any,
) -> Task:
    """What arguments of `compose` ask for, checked and settled as far as that needs no model.
    Raises RequestError."""
    if sketch is not None:
        fields, seed = _as_sketched(fields, sketch), sketch.seed if seed is None else seed
    if best_of is None:
        best_of = 1 if fields.get("melody") else USUAL_CANDIDATES
    if best_of > 1 and fields.get("melody"):
        raise RequestError("--best-of is not possible beside --melody; leave one of them out")
    request, chance = make_request(**fields), Chance(temperature, top_p, min_p, frozenset(without))
    return Task(request, new_seed(seed), chance, best_of, sketch)


def name_of(task: Task, fingerprint: str = "") -> str:
    """A stem for the files of what a task asks for; `fingerprint` is that of weights which are not
    the package's."""
    sketch = task.sketched.sketch if task.sketched else None
    return file_stem(task.request, task.seed, task.chance, fingerprint, task.best_of, sketch)


def _as_sketched(fields: dict[str, Any], sketch: Sketched) -> dict[str, Any]:
    """What was asked of a sketch, and what is asked beside it. Raises RequestError for what the
    sketch has decided."""
    said = {name: value for name, value in fields.items() if value not in (None, "", (), 0.0)}
    decided = {*said} & {"bars", "key", "meter", "chords", "form", "seconds", "melody", "like"}
    if decided:
        raise RequestError(f"{min(decided)} is not possible beside a sketch: edit the sketch")
    return {**fields, **sketch.asked, **said, "bars": len(sketch.sketch.bars)}


def sketch(
    *,
    seed: int | None = None,
    temperature: float = TEMPERATURE,
    top_p: float = 1.0,
    min_p: float = MIN_P,
    weights: Path | None = None,
    **fields: Any,
) -> Sketched:
    """The sketch of a piece, without notes: chords, phrases, returns and intensity bar by bar.

    The arguments are those of `compose`, but for `melody`, `like`, `best_of` and `sketch`. Raises
    what `compose` raises.
    """
    if refused := {"melody", "like", "best_of", "sketch"} & {*fields}:
        raise RequestError(f"{min(refused)} is not possible for a sketch")
    checkpoint = load_weights(weights)
    fields |= {"temperature": temperature, "top_p": top_p, "min_p": min_p}
    task = _task(checkpoint, seed=seed, best_of=1, **fields)
    kept = ("style", "mood", "ensemble", "instruments", "preset", "title", "tempo", "guidance")
    asked = {name: fields[name] for name in kept if name in fields}
    name = file_stem(
        task.request, task.seed, task.chance, checkpoint.fingerprint if weights else ""
    )
    return sketch_of_task(checkpoint.model, task, asked, f"{name}-sketch")


def _composed(
    checkpoint: Loaded,
    tasks: Sequence[Task],
    weights: Path | None,
    progress: Callable[[int, int], None],
    watch: Watch | None = None,
) -> list[Composition]:
    free = [task for task in tasks if task.request.melody is None]
    choices = iter(choose_all(checkpoint.model, free, progress, watch) if free else ())
    fingerprint = checkpoint.fingerprint
    compositions = []
    for task in tasks:
        name = name_of(task, fingerprint if weights else "")
        choice = next(choices) if task.request.melody is None else None
        if choice is not None:
            piece, chords = choice.best.piece, choice.best.chords
        else:
            piece, chords = _around_melody(task, weights, progress)
        compositions.append(
            Composition(
                piece,
                chords,
                task.request,
                task.seed,
                fingerprint,
                name,
                choice,
                task.chance,
                task.best_of,
            )
        )
    return compositions


def _around_melody(
    task: Task, weights: Path | None, progress: Callable[[int, int], None]
) -> tuple[Piece, tuple[Chord, ...]]:
    """A piece around the melody of a request, and its chords."""
    request = task.request
    written = accompanied(request, task.seed, task.chance, weights, progress)
    piece = with_heard_key(written)
    title = request.title or (request.melody.title if request.melody else "")
    return replace(piece, title=title or title_of(piece, request)), chords_over(piece, request)


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
    force: bool = False,
    with_report: bool = False,
) -> list[Path]:
    """Write the piece to `folder/<name>.<format>`; the paths, in order.

    `with_report` adds the report, `folder/<name>.json`, once all other files are there. The other
    options and what is raised are those of `composer.write_piece`.
    """
    piece = composition.piece
    if not force:
        also = [".json"] * with_report
        name = free_name(folder, composition.name, formats, stems=stems, parts=parts, also=also)
        composition = replace(composition, name=name)
    told = composition.report() if with_report else {}
    how: dict[str, Any] = {
        "force": True,
        "seed": composition.seed,
        "mechanical": mechanical,
        "loop": loop,
        "repeats": repeats,
        "paper": paper,
        "soundfont": soundfont,
        "subtitle": _subtitle(composition.request),
        "sections": _sections(composition),
        "credit": f"composed with symbolic-composer, seed {composition.seed}",
        "punctual": _punctual(composition),
    }
    if piece.ticks_per_quarter == GRID_TICKS_PER_QUARTER:
        how |= _chart_chords(composition, formats)
        how |= {"stems": stems, "parts": parts, "chords": _shown_chords(composition)}
        paths = write_piece(piece, folder, composition.name, formats, **how)
    else:  # a melody as it was played
        sounds = [suffix for suffix in formats if suffix in SOUND_FORMATS]
        sheets = [suffix for suffix in formats if suffix not in SOUND_FORMATS]
        paths = write_piece(piece, folder, composition.name, sounds, stems=stems, **how)
        composition = replace(composition, piece=for_page(piece))
        how |= _chart_chords(composition, formats)
        how["chords"] = _shown_chords(composition)
        paths += write_piece(
            composition.piece, folder, composition.name, sheets, parts=parts, **how
        )
    remove_later_pages(folder, composition.name, paths)
    return [*paths, write_report(told, folder, composition.name)] if with_report else paths


def _chart_chords(composition: Composition, formats: Sequence[str]) -> dict[str, Any]:
    """What a chart shows, if one is asked for: the chords given, or those that are heard."""
    if "chart" not in formats:
        return {}
    given = composition.request.chords and composition.chords
    return {"chart_chords": given or chords_over(composition.piece, composition.request)}


def _punctual(composition: Composition) -> tuple[int, ...]:
    """Ticks that a performance must not shift."""
    piece, cue = composition.piece, composition.request.cue
    return () if cue is None else (*cue.hit_ticks(piece), piece.end_tick)


def _shown_chords(composition: Composition) -> tuple[Chord, ...]:
    """Chord symbols stand over a lead sheet, and wherever chords were given: those that were given,
    or those that are heard, for players keep to them (the plan of the model does not always)."""
    piece, request = composition.piece, composition.request
    if request.chords and composition.chords:
        return composition.chords
    is_lead_sheet = piece.tags.ensemble in ("lead-sheet", "melody")
    return chords_over(piece, request) if request.chords or is_lead_sheet else ()


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
    composers = labels_asked(request, "composer")
    whom = f"after {composers}" if composers else ""
    return ", ".join(word for word in (whom, str(request.asked().get("mood", ""))) if word)
