"""The bytes of every format of one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.music.facts import Chord
from composer.music.piece import Piece

if TYPE_CHECKING:
    from composer.rendering.performance.audio import Sound
    from composer.rendering.score.notation import Score


@dataclass
class Maker:
    """Makes the bytes of each format; what several formats need, once.

    The fields are the arguments of `write_piece`.
    """

    piece: Piece
    seed: int
    mechanical: bool
    loop: bool
    paper: str
    subtitle: str
    credit: str
    chords: tuple[Chord, ...]
    sections: tuple[tuple[int, str], ...]
    soundfont: Path | None
    punctual: tuple[int, ...] = ()
    repeats: bool = True
    chart_chords: tuple[Chord, ...] = ()

    def make(self, suffix: str) -> list[bytes]:
        """One element a file."""
        makers: dict[str, Callable[[], list[bytes]]] = {
            "mid": lambda: [self.midi],
            "musicxml": lambda: [self.musicxml.encode()],
            "pdf": lambda: self._sheets("pdf", self.musicxml),
            "svg": lambda: self._sheets("svg", self.musicxml),
            "png": lambda: self._sheets("png", self.musicxml),
            "wav": lambda: [self.sound.as_wav(self.sound.gains())],
            "roll": self._roll,
            "html": self._page,
            "mei": self._mei,
            "ly": self._lilypond,
            "abc": self._abc,
            "chart": self._chart,
            "tab": self._tablature,
        }
        return makers[suffix]()

    def stems(self, suffixes: Sequence[str]) -> Iterator[tuple[str, str, list[bytes]]]:
        """For each part and each suffix ("mid", "wav") its label, the suffix and the file.

        Sounds are as loud as they are in the sound of the whole.
        """
        from composer.rendering.part_files import file_labels
        from composer.rendering.performance.audio import sound_of
        from composer.rendering.performance.midi import stem_bytes
        from composer.rendering.score.part_names import part_names

        labels = file_labels(part_names(self.piece))
        midis = stem_bytes(self.piece, sections=self.sections, **self._playing)
        gains = self.sound.gains() if "wav" in suffixes else 1.0
        for suffix in suffixes:
            for label, midi in zip(labels, midis, strict=True):
                data = midi
                if suffix == "wav":
                    sound = sound_of(midi, soundfont=self.soundfont, loop=self.loop)
                    data = sound.as_wav(gains, len(self.sound.samples))
                yield label, suffix, [data]

    def parts(self, suffixes: Sequence[str]) -> Iterator[tuple[str, str, list[bytes]]]:
        """For each part and each suffix of sheet music its label, the suffix and the pages."""
        from composer.rendering.musicxml.musicxml import part_texts
        from composer.rendering.part_files import file_labels

        named = part_texts(
            self.piece,
            subtitle=self.subtitle,
            credit=self.credit,
            chords=self.chords,
            repeats=self.repeats,
            paper=self.paper,
        )
        labels = file_labels([name for name, _ in named])
        for suffix in suffixes:
            for label, (_, text) in zip(labels, named, strict=True):
                yield label, suffix, self._sheets(suffix, text)

    @property
    def _playing(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "mechanical": self.mechanical,
            "loop": self.loop,
            "punctual": self.punctual,
        }

    @cached_property
    def musicxml(self) -> str:
        from composer.rendering.musicxml.musicxml import musicxml_text

        return musicxml_text(
            self.piece,
            subtitle=self.subtitle,
            credit=self.credit,
            chords=self.chords,
            repeats=self.repeats,
            paper=self.paper,
        )

    @cached_property
    def midi(self) -> bytes:
        from composer.rendering.performance.midi import midi_bytes

        return midi_bytes(self.piece, sections=self.sections, **self._playing)

    @cached_property
    def sound(self) -> Sound:
        from composer.rendering.performance.audio import sound_of

        return sound_of(self.midi, soundfont=self.soundfont, loop=self.loop)

    def _roll(self) -> list[bytes]:
        from composer.rendering.pages.piano_roll import roll_png

        return [roll_png(self.piece, chords=self.chords, sections=self.sections)]

    def _page(self) -> list[bytes]:
        from composer.rendering.pages.web_page import page_text

        text = page_text(
            self.piece,
            seed=self.seed,
            mechanical=self.mechanical,
            punctual=self.punctual,
            paper=self.paper,
            subtitle=self.subtitle,
            credit=self.credit,
            chords=self.chords,
            soundfont=self.soundfont,
        )
        return [text.encode()]

    def _mei(self) -> list[bytes]:
        from composer.rendering.texts.mei import mei_text

        return [mei_text(self.musicxml).encode()]

    def _lilypond(self) -> list[bytes]:
        from composer.rendering.texts.lilypond import lilypond_text

        score, chords = self._score
        how = {"subtitle": self.subtitle, "credit": self.credit, "paper": self.paper}
        return [lilypond_text(score, chords=chords, **how).encode()]

    def _abc(self) -> list[bytes]:
        from composer.rendering.texts.abc_notation import abc_text

        score, chords = self._score
        text = abc_text(score, subtitle=self.subtitle, credit=self.credit, chords=chords)
        return [text.encode()]

    @cached_property
    def _score(self) -> tuple[Score, list[Chord]]:
        """The written score, and the chords at its ticks."""
        from composer.rendering.score.score import build_score, printed_chords

        score = build_score(self.piece, repeats=self.repeats)
        return score, printed_chords(self.chords, self.piece, score)

    def _chart(self) -> list[bytes]:
        from composer.rendering.pages.chart import chart_pdf

        chart = chart_pdf(
            self.piece,
            self.chart_chords or self.chords,
            sections=self.sections,
            subtitle=self.subtitle,
            credit=self.credit,
            paper=self.paper,
        )
        return [chart]

    def _tablature(self) -> list[bytes]:
        from composer.rendering.musicxml.musicxml import tablature_text

        text = tablature_text(
            self.piece,
            subtitle=self.subtitle,
            credit=self.credit,
            chords=self.chords,
            repeats=self.repeats,
            paper=self.paper,
        )
        return self._sheets("pdf", text)

    def _sheets(self, suffix: str, musicxml: str) -> list[bytes]:
        from composer.rendering.pages.engraving import pdf_bytes, png_pages, svg_pages

        if suffix == "musicxml":
            return [musicxml.encode()]
        if suffix == "pdf":
            return [pdf_bytes(musicxml, paper=self.paper)]
        if suffix == "png":
            return png_pages(musicxml, paper=self.paper)
        return [page.encode() for page in svg_pages(musicxml, paper=self.paper)]
