"""The bytes of every format of one piece, and the table of all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from composer.errors import RequestError
from composer.music.facts import Chord
from composer.music.piece import Piece
from composer.rendering.options import USUAL_PLAYING, USUAL_PRINT, Playing, Print, named

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from composer.rendering.performance.audio import Sound
    from composer.rendering.score.notation import Score


@dataclass
class Maker:
    """Makes the bytes of each format; what several formats need, once."""

    piece: Piece
    playing: Playing = USUAL_PLAYING
    printed: Print = USUAL_PRINT
    sections: tuple[tuple[int, str], ...] = ()
    soundfont: Path | None = None
    chart_chords: tuple[Chord, ...] = ()

    def stems(self, suffixes: Sequence[str]) -> Iterator[tuple[str, str, list[bytes]]]:
        """For each part and each suffix ("mid", "wav") its label, the suffix and the file.

        Sounds are as loud as they are in the sound of the whole.
        """
        from composer.rendering.part_files import file_labels
        from composer.rendering.performance.audio import sound_of
        from composer.rendering.performance.midi import stem_bytes
        from composer.rendering.score.part_names import part_names

        labels = file_labels(part_names(self.piece))
        midis = stem_bytes(self.piece, sections=self.sections, **named(self.playing))
        gains = self.sound.gains() if "wav" in suffixes else 1.0
        for suffix in suffixes:
            for label, midi in zip(labels, midis, strict=True):
                data = midi
                if suffix == "wav":
                    sound = sound_of(midi, soundfont=self.soundfont, loop=self.playing.loop)
                    data = sound.as_wav(gains, len(self.sound.samples))
                yield label, suffix, [data]

    def parts(self, suffixes: Sequence[str]) -> Iterator[tuple[str, str, list[bytes]]]:
        """For each part and each suffix of sheet music its label, the suffix and the pages."""
        from composer.rendering.musicxml.musicxml import part_texts
        from composer.rendering.musicxml.score_as_read import part_texts_of
        from composer.rendering.part_files import file_labels

        if self._read_score is not None:
            texts = part_texts_of(self._read_score)
        else:
            texts = part_texts(self.piece, **named(self.printed))
        labels = file_labels([name for name, _ in texts])
        for suffix in suffixes:
            for label, (_, text) in zip(labels, texts, strict=True):
                yield label, suffix, self._sheets(suffix, text)

    @cached_property
    def musicxml(self) -> str:
        """The score: that of the file, as far as the piece is still what it says."""
        from composer.rendering.musicxml.header import document

        if self._read_score is None:
            return self._our_musicxml
        return document(self._read_score)

    @cached_property
    def _read_score(self) -> Element | None:
        from composer.rendering.musicxml.score_as_read import score_as_read

        return score_as_read(self.piece, **named(self.printed))

    @cached_property
    def _our_musicxml(self) -> str:
        from composer.rendering.musicxml.musicxml import musicxml_text

        return musicxml_text(self.piece, **named(self.printed))

    @cached_property
    def midi(self) -> bytes:
        from composer.rendering.performance.midi import midi_bytes

        return midi_bytes(self.piece, sections=self.sections, **named(self.playing))

    @cached_property
    def sound(self) -> Sound:
        from composer.rendering.performance.audio import sound_of

        return sound_of(self.midi, soundfont=self.soundfont, loop=self.playing.loop)

    def roll(self) -> list[bytes]:
        from composer.rendering.pages.piano_roll import roll_png

        return [roll_png(self.piece, chords=self.printed.chords, sections=self.sections)]

    def page(self) -> list[bytes]:
        from composer.rendering.pages.web_page import page_text

        text = page_text(self.piece, self.playing, self.printed, self.soundfont)
        return [text.encode()]

    def engraved(self, suffix: str) -> list[bytes]:
        """The pages; of a score that the engraver does not take, as we write it."""
        try:
            return self._sheets(suffix, self.musicxml)
        except RequestError:
            if self.musicxml is self._our_musicxml:
                raise
            return self._sheets(suffix, self._our_musicxml)

    def mei(self) -> list[bytes]:
        from composer.rendering.texts.mei import mei_text

        return [mei_text(self.musicxml).encode()]

    def lilypond(self) -> list[bytes]:
        from composer.rendering.texts.lilypond import lilypond_text

        score, chords = self._score
        how = named(self.printed, "subtitle", "credit", "paper")
        return [lilypond_text(score, chords=chords, **how).encode()]

    def abc(self) -> list[bytes]:
        from composer.rendering.texts.abc_notation import abc_text

        score, chords = self._score
        text = abc_text(score, chords=chords, **named(self.printed, "subtitle", "credit"))
        return [text.encode()]

    @cached_property
    def _score(self) -> tuple[Score, list[Chord]]:
        """The written score, and the chords at its ticks."""
        from composer.rendering.score.score import build_score, printed_chords

        score = build_score(self.piece, repeats=self.printed.repeats)
        chords = printed_chords(self.printed.chords, self.piece, score)
        return score, [Chord(*chord[:4]) for chord in chords]

    def chart(self) -> list[bytes]:
        from composer.rendering.pages.chart import chart_pdf

        chart = chart_pdf(
            self.piece,
            self.chart_chords or self.printed.chords,
            sections=self.sections,
            **named(self.printed, "subtitle", "credit", "paper"),
        )
        return [chart]

    def tablature(self) -> list[bytes]:
        from composer.rendering.musicxml.musicxml import tablature_text

        text = tablature_text(self.piece, **named(self.printed))
        return self._sheets("pdf", text)

    def _sheets(self, suffix: str, musicxml: str) -> list[bytes]:
        from composer.rendering.pages.engraving import pdf_bytes, png_pages, svg_pages

        if suffix == "musicxml":
            return [musicxml.encode()]
        if suffix == "pdf":
            return [pdf_bytes(musicxml, paper=self.printed.paper)]
        if suffix == "png":
            return png_pages(musicxml, paper=self.printed.paper)
        return [page.encode() for page in svg_pages(musicxml, paper=self.printed.paper)]


class Format(NamedTuple):
    """How the files of a format are made, one element a file; `label` names it in menus.

    `of_parts` says as what each part alone can be written in it: as "sound" (stems), as "sheets",
    or not at all. `ending` is that of its files, where it is not the name of the format.
    """

    label: str
    make: Callable[[Maker], list[bytes]]
    of_parts: Literal["", "sound", "sheets"] = ""
    ending: str = ""


FORMATS: dict[str, Format] = {
    "mid": Format("MIDI", lambda maker: [maker.midi], "sound"),
    "musicxml": Format("MusicXML", lambda maker: [maker.musicxml.encode()], "sheets"),
    "pdf": Format("Score (PDF)", lambda maker: maker.engraved("pdf"), "sheets"),
    "svg": Format("Score (SVG)", lambda maker: maker.engraved("svg"), "sheets"),
    "png": Format("Score (PNG)", lambda maker: maker.engraved("png"), "sheets"),
    "wav": Format("Sound (WAV)", lambda maker: [maker.sound.as_wav(maker.sound.gains())], "sound"),
    "roll": Format("Piano roll (PNG)", Maker.roll, ending="roll.png"),
    "html": Format("Web page that plays", Maker.page),
    "mei": Format("MEI", Maker.mei),
    "ly": Format("LilyPond", Maker.lilypond),
    "abc": Format("ABC", Maker.abc),
    "chart": Format("Chord chart (PDF)", Maker.chart, ending="chart.pdf"),
    "tab": Format("Tablature (PDF)", Maker.tablature, ending="tab.pdf"),
}
"""All there are, in the order in which they are named."""

SOUND_FORMATS, SHEET_FORMATS = (
    tuple(name for name, one in FORMATS.items() if one.of_parts == kind)
    for kind in ("sound", "sheets")
)
