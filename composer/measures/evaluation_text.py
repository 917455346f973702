"""A report of an evaluation in words, tables and charts, written into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from composer.measures.charts import Line, Series, bar_chart, line_chart
from composer.measures.evaluation_files import as_json, write_texts
from composer.measures.samples import FEWEST_OF_A_STYLE

if TYPE_CHECKING:
    from composer.measures.evaluation import Report
    from composer.measures.likeness import Likeness, Overlap
    from composer.measures.token_baseline import Baseline
    from composer.measures.training_log import Point

AIMS = {
    "bars": 1.0,
    "ends on a bar line": 1.0,
    "meter": 1.0,
    "tempo": 1.0,
    "instruments": 1.0,
    "range": 1.0,
    "form": 1.0,
    "key": 0.95,
}
"""What share of the requests is to be met; of chords, 85 % of the notes on strong beats."""
_NOTE_BINS = (0, 9, 12, 16, 20, 24, 32, 48, 64)


def write_report(report: Report, folder: Path) -> list[Path]:
    """Write `report.md`, `report.json` and the charts of the report; the paths.

    Raises FileError where the folder cannot be written.
    """
    texts = {"report.md": markdown(report), "report.json": as_json(report), **charts_of(report)}
    return write_texts(folder, texts)


def markdown(report: Report) -> str:
    """The whole report as Markdown; it names the charts of `charts_of`."""
    sections = [
        _head(report),
        _likelihood(report),
        _obedience(report),
        _judged(report),
        _likeness(report),
        _copying(report),
        _cost(report),
    ]
    return "\n\n".join(sections) + "\n"


def charts_of(report: Report) -> dict[str, str]:
    """File name to SVG text."""
    found = {
        "bits.svg": _bits_chart(report),
        "obedience.svg": _obedience_chart(report),
        "likeness.svg": _likeness_chart(report),
        "copying.svg": _copying_chart(report),
    }
    curves = {name: points for name, points in report.curves.items() if points}
    if curves:
        by_rows = [Line(n, [(p.rows, p.bits_per_note) for p in c]) for n, c in curves.items()]
        by_hours = [Line(n, [(p.hours, p.bits_per_note) for p in c]) for n, c in curves.items()]
        title = "Held-out bits per note against"
        found["curve-rows.svg"] = line_chart(f"{title} rows", "rows seen", by_rows)
        found["curve-hours.svg"] = line_chart(f"{title} hours", "hours of training", by_hours)
    return found


def _head(report: Report) -> str:
    about, sizes = report.about, report.sizes
    return (
        f"# Evaluation of weights {report.fingerprint}\n\n"
        f"Recipe {about.get('recipe', 'unknown')}, {about.get('rows', 0):,} rows in "
        f"{about.get('minutes', 0)} minutes on {about.get('device', 'unknown')}. Measured on "
        f"{sizes.requests} random requests, {sizes.a_style} pieces a style and {sizes.a_quadrant} "
        f"a mood of {sizes.bars} bars, beside at most {sizes.human} held-out pieces of a style. "
        "A figure alone says little: beside each stands what it is to be measured by."
        + _what_is_too_little(report)
    )


def _what_is_too_little(report: Report) -> str:
    if report.style:
        return ""
    styles = "one style" if report.likenesses else "no style"
    return (
        f"\n\nToo few works are held out: {styles} has {FEWEST_OF_A_STYLE} pieces of people, and "
        "two are needed to judge styles. What has nothing to be measured by is left out. A corpus "
        "holds out a twentieth of its works."
    )


def _likelihood(report: Report) -> str:
    rows = [
        (c.corpus, c.notes, c.model, c.bigram, f"{1 - c.model / c.bigram:.0%}")
        for c in report.likelihoods
    ]
    notes = [c.notes for c in report.likelihoods]
    model = float(np.average([c.model for c in report.likelihoods], weights=notes))
    bigram = float(np.average([c.bigram for c in report.likelihoods], weights=notes))
    rows.append(("all notes", sum(notes), model, bigram, f"{1 - model / bigram:.0%}"))
    text = (
        "## 1. Held-out bits per note\n\n"
        "Bits of all rows behind the header over the number of notes, of works that were never "
        "trained on; lower is better.\n\n"
        + table(("corpus", "notes", "model", "bigram", "saved"), rows)
        + "\n\n![Held-out bits](bits.svg)"
    )
    if report.baseline:
        text += "\n\n" + _baseline(report.baseline)
    for name, points in report.curves.items():
        curve = [(f"{p.rows:,}", f"{p.hours:.2f}", p.bits_per_note) for p in _thinned(points)]
        text += f"\n\nTraining run `{name}`:\n\n" + table(
            ("rows seen", "hours", "held-out bits per note"), curve
        )
    if any(report.curves.values()):
        text += "\n\n![By rows](curve-rows.svg)\n![By hours](curve-hours.svg)"
    return text


def _baseline(found: Baseline) -> str:
    """Rows beside REMI tokens after equal time."""
    what = ("parameters", "steps", "minutes of CPU")
    rows = [
        (name, *both)
        for name, both in zip(what, (found.parameters, found.steps, found.cpu_minutes), strict=True)
    ]
    bits = [
        (one.crops, one.corpus, one.notes, one.rows, one.tokens, f"{1 - one.rows / one.tokens:.0%}")
        for one in found.beside
    ]
    return (
        "### Beside REMI tokens\n\nBoth trained from nothing for the same time on the same music, "
        "and scored on the same held-out notes behind the same header (`benchmarks/remi.py`).\n\n"
        + table(("", "rows", "REMI tokens"), rows)
        + "\n\n"
        + table(("crops of", "corpus", "notes", "rows", "REMI tokens", "fewer bits"), bits)
    )


def _obedience(report: Report) -> str:
    rows = [
        (name, met, given, f"{met / given:.1%}", f"{AIMS[name]:.0%}" if name in AIMS else "")
        for name, (met, given) in sorted(report.obeyed.items())
    ]
    text = "## 2. Obedience\n\n" + table(("field", "met", "given", "share", "aim"), rows)
    text += (
        "\n\nThe key is estimated from the notes. Chords count as followed where 85 % of a "
        "piece's notes on strong beats are chord tones or move on by step to one."
    )
    if report.chords:
        chords = report.chords
        text += (
            f" Over all {chords.notes} notes on strong beats, {chords.chord_tones:.1%} are chord "
            f"tones and {chords.explained:.1%} are these or explained, against "
            f"{chords.chance:.1%} if the chords were other ones."
        )
    endings = [
        (name, f"{share:.1%}", f"{real[name]:.1%}" if (real := report.real_endings) else "")
        for name, share in report.endings.items()
    ]
    return (
        text
        + "\n\n![Obedience](obedience.svg)\n\nEndings of all that was composed, beside those of "
        "held-out pieces by people:\n\n" + table(("", "generated", "real"), endings)
    )


def _judged(report: Report) -> str:
    text = "### Mood and style, as judges hear them\n\n"
    if report.mood:
        mood = report.mood
        named = {
            "real clips of unheard songs (the ceiling)": mood.ceiling,
            "solo piano, asked for by quadrant": mood.piano,
            "random requests, any style and instruments": mood.requests,
            "of these, key and tempo do not speak against the mood": mood.agreeing,
        }
        rows = [
            (name, s.pieces, f"{s.quadrant:.3f}", f"{s.arousal:.3f}", f"{s.valence:.3f}")
            for name, s in named.items()
            if s is not None
        ]
        text += (
            "Mood: a judge taught by the listeners of EMOPIA and VGMIDI (four quadrants, each "
            "counting alike; chance .25, signs .5).\n\n"
            + table(("pieces", "n", "quadrant", "arousal", "valence"), rows)
            + "\n\n"
        )
    else:
        text += "Mood was not judged: no evaluation folder was given.\n\n"
    if report.style is None:
        return text + "Style was not judged: that takes held-out music of two styles."
    ceiling, generated = report.style.ceiling, report.style.generated
    heard = generated.by_style if generated else {}
    styles = [
        (style, share, heard.get(style, float("nan"))) for style, share in ceiling.by_style.items()
    ]
    mean = generated.accuracy if generated else float("nan")
    return (
        text + f"Style: a judge taught by held-out music of people, {len(styles)} styles (chance "
        f"{1 / len(styles):.3f}), {ceiling.pieces} real and "
        f"{generated.pieces if generated else 0} generated pieces.\n\n"
        + table(
            ("style", "real, unheard (the ceiling)", "generated"),
            [*styles, ("each style alike", ceiling.accuracy, mean)],
        )
    )


def _likeness(report: Report) -> str:
    rows = [
        (name, _mean(c.generated for c in found), _mean(c.real for c in found), *_ratio(found))
        for name, found in _grouped(report.likenesses).items()
    ]
    overlaps: dict[str, list[Overlap]] = {}
    for overlap in report.overlaps:
        overlaps.setdefault(overlap.feature, []).append(overlap)
    areas = [
        (name, _mean(o.generated for o in found), _mean(o.halves for o in found))
        for name, found in overlaps.items()
    ]
    by_style = [
        (like.style, like.measure, like.generated, like.real, like.apart, like.halves)
        for like in report.likenesses
    ]
    columns = ("measure", "generated", "real", "apart", "halves apart", "ratio")
    return (
        "## 3. Likeness to real music of the same style\n\n"
        "Means over the styles. *Apart* is the mean distance, within a style, of the generated "
        "music from a random half of the real, *halves apart* that of two such halves: a ratio of "
        "1 is as near as one can tell.\n\n"
        + table(columns, rows)
        + "\n\n![Likeness](likeness.svg)\n\n"
        "Overlapping areas (MGEval); 1 is the same spread.\n\n"
        + table(("feature", "generated and real", "two real halves"), areas)
        + "\n\n<details><summary>By style</summary>\n\n"
        + table(("style", "measure", "generated", "real", "apart", "halves apart"), by_style)
        + "\n\n</details>"
    )


def _copying(report: Report) -> str:
    found = report.copying
    rows = [
        (name, s.pieces, s.mean, s.median, s.percentile_95, s.percentile_99, s.most)
        for name, s in (("generated", found.generated), ("held-out, by people", found.human))
        if s is not None
    ]
    beside = (
        ""
        if found.beyond is None
        else f"{found.beyond} of {found.generated.pieces} generated pieces share more than the "
        "99th percentile of people. "
    )
    columns = ("music", "pieces", "mean", "median", "95th", "99th", "most")
    return (
        "## 4. Copying\n\n"
        "Notes of the longest passage of one part shared with the training works, in any key.\n\n"
        + table(columns, rows)
        + f"\n\n{beside}Before that, composing itself threw away "
        f"{found.rejected} copies and wrote them again.\n\n![Copying](copying.svg)"
    )


def _cost(report: Report) -> str:
    cost = report.cost
    memory, rate = cost.peak_mebibytes, cost.rows_per_second_in_training
    rows = [
        ("rows per second in training", "not logged" if rate is None else f"{rate:,.0f}"),
        ("notes per second of one core in sampling", f"{cost.notes_per_second:.0f}"),
        ("seconds of CPU from an empty process to weights in memory", f"{cost.start_seconds:.1f}"),
        ("peak memory of composing, MiB", "unknown" if memory is None else f"{memory:,.0f}"),
    ]
    return (
        "## 5. Cost\n\n" + table(("what", "figure"), rows) + "\n\nOn the machine as it was, "
        "other work included."
    )


def _bits_chart(report: Report) -> str:
    found = report.likelihoods
    series = [
        Series("model", [c.model for c in found]),
        Series("bigram", [c.bigram for c in found]),
    ]
    return bar_chart("Held-out bits per note", [c.corpus for c in found], series)


def _obedience_chart(report: Report) -> str:
    names = sorted(report.obeyed)
    shares = [100 * report.obeyed[name][0] / report.obeyed[name][1] for name in names]
    return bar_chart("Requests met, per cent", names, [Series("met", shares)])


def _likeness_chart(report: Report) -> str:
    grouped = _grouped(report.likenesses)
    ratios = [_ratio(found)[2] for found in grouped.values()]
    known = [None if np.isnan(ratio) else ratio for ratio in ratios]
    return bar_chart(
        "Distance to real music, in distances of two real halves",
        list(grouped),
        [Series("", known)],
    )


def _copying_chart(report: Report) -> str:
    edges = [*_NOTE_BINS, 10**6]
    labels = [f"{low} to {high - 1} notes" for low, high in pairwise(edges)]
    labels[-1] = f"{_NOTE_BINS[-1]} notes or more"

    def shares(notes: Sequence[int]) -> list[float]:
        counts = np.histogram(notes, edges)[0]
        return [100 * count / max(1, len(notes)) for count in counts.tolist()]

    found = report.copying
    series = [
        Series("generated", shares(found.generated_notes)),
        Series("by people", shares(found.human_notes)),
    ]
    return bar_chart("Longest passage shared with training works, per cent", labels, series)


def _grouped(likenesses: Iterable[Likeness]) -> dict[str, list[Likeness]]:
    by_measure: dict[str, list[Likeness]] = {}
    for like in likenesses:
        by_measure.setdefault(like.measure, []).append(like)
    return by_measure


def _ratio(found: Sequence[Likeness]) -> tuple[float, float, float]:
    """Distances of generated music and of real halves, means over styles, and their ratio."""
    apart, halves = _mean(like.apart for like in found), _mean(like.halves for like in found)
    return apart, halves, apart / halves if halves else float("nan")


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _thinned(points: Sequence[Point], most: int = 12) -> list[Point]:
    """At most so many of the points, evenly spaced, the last among them."""
    places = np.unique(np.linspace(0, len(points) - 1, min(most, len(points))).round().astype(int))
    return [points[place] for place in places]


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "–" if np.isnan(value) else f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
