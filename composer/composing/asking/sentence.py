"""What a sentence asks for: "a sad waltz for piano in D minor, 40 bars".

request_from_text(text) -> TextRequest: fields (arguments of `composer.compose`), a chip for each
with the words that it was read from, and the words that nobody understood, which are told and never
dropped. It is a dictionary (`sentence.toml`, in English, German, French, Spanish and Chinese) and
rules for keys, numbers and chords; no model guesses.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from composer.composing.asking.request import USUAL_BARS
from composer.errors import RequestError
from composer.music.chords import parse_progression
from composer.music.ensembles import ensembles, find_ensemble
from composer.music.instruments import INSTRUMENTS
from composer.music.keys import key_name, parse_key
from composer.music.meters import parse_meter
from composer.music.moods import find_mood, moods
from composer.music.names import words_of
from composer.music.presets import presets
from composer.music.styles import composers, styles

MOST_CHARACTERS = 2_000
_LONGEST_PHRASE = 6
_PHRASE_BARS = 4
_IMPLIED = {"waltz": "3/4"}
"""A style that is of one meter."""

_TOKEN = re.compile(
    r"\d+/\d+|\d+:\d\d|\d+(?:[.,]\d+)?|[\u3400-\u4dbf\u4e00-\u9fff]|[^\W\d_\u3400-\u9fff]+"
)
_FORM = re.compile(r"A[A-E]{2,11}")
_CHORDS_WORD = r"chords?|akkorde|accords|acordes|和弦"
_CHORDS = re.compile(rf"(?:\b(?:{_CHORDS_WORD})\b|和弦)\s*[:：]?\s*([^;\n]+)", re.IGNORECASE)
_BARRED = re.compile(r"\S+(?:\s+\S+)*?\s*\|\s*[^,;.\n]+")


class Chip(NamedTuple):
    """One thing that is asked for: a field of a request, its value, and the words that said so."""

    field: str
    value: str | float
    words: str


@dataclass(frozen=True)
class TextRequest:
    """What a text asks for. `fields` are arguments of `composer.compose`."""

    fields: dict[str, Any] = field(default_factory=dict)
    chips: tuple[Chip, ...] = ()
    unknown: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "fields": self.fields,
            "chips": [chip._asdict() for chip in self.chips],
            "unknown": list(self.unknown),
        }


def request_from_text(text: str) -> TextRequest:
    """Read a sentence. Words that nothing is known of are in `unknown`, in their order.

    Two styles become a blend, two moods their middle, or a curve where a "then" stands between
    them. Raises RequestError for a text longer than `MOST_CHARACTERS`.
    """
    if len(text) > MOST_CHARACTERS:
        raise RequestError(f"a text of {len(text)} characters is too long; give {MOST_CHARACTERS}")
    return _Reader(text).read()


class _Token(NamedTuple):
    """A word, a number or a Chinese character, where it stands; `key` is plain lower case."""

    text: str
    key: str
    start: int
    end: int


class _Found(NamedTuple):
    """Something that was read from the text between two places."""

    field: str
    value: str | float
    start: int
    end: int


class _Reader:
    """Reads one text: rules first, then phrases of the dictionary from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[_Found] = []
        self.unknown: list[_Token] = []
        self.then_at: list[int] = []

    def read(self) -> TextRequest:
        rest = self._without(self.text, self._chords)
        rest = self._without(rest, self._keys)
        self._phrases(list(_tokens(rest)))
        self.found.sort(key=lambda one: one.start)
        chips = [*self._styles(), *self._moods(), *self._players(), *self._others()]
        chips.sort(key=lambda pair: pair[0])
        fields: dict[str, Any] = {}
        kept = []
        for _, chip in chips:
            if chip.field not in fields:
                fields[chip.field] = chip.value
                kept.append(chip)
            else:  # said twice, otherwise: the first holds, the other is shown
                self.unknown += list(_tokens(chip.words))
        meter = _IMPLIED.get(str(fields.get("style", "")))
        if meter and "meter" not in fields:
            fields["meter"] = meter
            kept.append(Chip("meter", meter, next(c.words for c in kept if c.field == "style")))
        return TextRequest(fields, tuple(kept), self._unknown_words())

    def _unknown_words(self) -> tuple[str, ...]:
        words: list[str] = []
        last_end = -1
        for token in sorted(set(self.unknown), key=lambda token: token.start):
            is_chinese = "\u3400" <= token.text <= "\u9fff"
            if is_chinese and token.start == last_end:
                words[-1] += token.text
            else:
                words.append(token.text)
            last_end = token.end if is_chinese else -1
        return tuple(words)

    def _without(self, rest: str, rule: Any) -> str:
        """The text with what a rule finds blanked out, places as they were."""
        for one in rule(rest):
            self.found.append(one)
            rest = rest[: one.start] + " " * (one.end - one.start) + rest[one.end :]
        return rest

    def _chords(self, text: str) -> Iterator[_Found]:
        match = _CHORDS.search(text)
        if match:
            taken = _longest_progression(match[1])
            if taken:
                yield _Found("chords", taken, match.start(), match.start(1) + len(taken))
                return
        for match in _BARRED.finditer(text):
            words = match[0].split()
            for skipped in range(len(words)):
                tail = match[0][match[0].index(words[skipped]) :] if skipped else match[0]
                taken = _longest_progression(tail)
                if "|" in taken:
                    start = match.end() - len(tail)
                    yield _Found("chords", taken, start, start + len(taken))
                    return

    def _keys(self, text: str) -> Iterator[_Found]:
        for pattern in _key_patterns():
            for match in pattern.pattern.finditer(text):
                name = pattern.key_of(match)
                if name:
                    yield _Found("key", name, match.start(), match.end())
                    return

    def _phrases(self, tokens: list[_Token]) -> None:
        table = _table()
        at = 0
        while at < len(tokens):
            token = tokens[at]
            number = _number(token.text)
            if "/" in token.text:
                self._meter(token)
                at += 1
                continue
            for size in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
                meaning = table.get(" ".join(token.key for token in tokens[at : at + size]))
                if meaning:
                    break
            if number is not None:
                at += self._number(number, tokens, at)
            elif meaning is None:
                self._word(token)
                at += 1
            elif meaning[0][0] == "number":
                at += self._number(float(meaning[0][1]), tokens, at, size)
            else:
                self._meant(meaning, tokens[at : at + size])
                at += size

    def _meant(self, meaning: list[tuple[str, Any]], tokens: list[_Token]) -> None:
        start, end = tokens[0].start, tokens[-1].end
        for kind, value in meaning:
            if kind == "then":
                self.then_at.append(start)
            elif kind == "unit":
                self.unknown += tokens
            elif kind != "ignored":
                self.found.append(_Found(kind, value, start, end))

    def _meter(self, token: _Token) -> None:
        try:
            parse_meter(token.text)
        except RequestError:
            self.unknown.append(token)
        else:
            self.found.append(_Found("meter", token.text, token.start, token.end))

    def _word(self, token: _Token) -> None:
        is_form = _FORM.fullmatch(token.text) and len(set(token.text)) < len(token.text)
        if is_form:
            self.found.append(_Found("form", token.text, token.start, token.end))
        else:
            self.unknown.append(token)

    def _number(self, number: float, tokens: list[_Token], at: int, size: int = 1) -> int:
        """Read a number with its unit, behind or before; how many tokens it took."""
        if ":" in tokens[at].text:
            self.found.append(_Found("seconds", number, tokens[at].start, tokens[at].end))
            return 1
        unit, length = _unit_at(tokens, at + size)
        if unit in ("bars", "seconds", "minutes", "tempo"):
            value = number * 60 if unit == "minutes" else number
            name = "seconds" if unit == "minutes" else unit
            end = tokens[at + size + length - 1].end
            self.found.append(_Found(name, value, tokens[at].start, end))
            self._hit_before(tokens, at, end)
            return size + length
        named = _unit_before(tokens, at)
        if named:
            self.unknown = [token for token in self.unknown if token not in named[1]]
            end = tokens[at + size - 1].end
            self.found.append(_Found(named[0], number, named[1][0].start, end))
            return size
        player = _player_at(tokens, at + size)
        if player and number == int(number) and 1 <= number <= 4:
            names, length = player
            for name in [names] * int(number):
                self.found.append(
                    _Found("player", name, tokens[at].start, tokens[at + size + length - 1].end)
                )
            return size + length
        self.unknown += tokens[at : at + size]
        return size

    def _hit_before(self, tokens: list[_Token], at: int, end: int) -> None:
        """ "hit at 17.5 s": what was taken for a duration is where the hit is."""
        named = _unit_before(tokens, at)
        if named and named[0] == "hit" and self.found[-1].field == "seconds":
            self.unknown = [token for token in self.unknown if token not in named[1]]
            one = self.found.pop()
            self.found.append(_Found("hit", one.value, named[1][0].start, end))

    def _of(self, kind: str) -> list[_Found]:
        return [one for one in self.found if one.field == kind]

    def _chip(self, field: str, value: str | float, found: list[_Found]) -> tuple[int, Chip]:
        words = " ".join(dict.fromkeys(self.text[one.start : one.end] for one in found))
        return found[0].start, Chip(field, value, words)

    def _styles(self) -> list[tuple[int, Chip]]:
        found = self._of("style")
        names = list(dict.fromkeys(str(one.value) for one in found))
        if not names:
            return []
        share = 1 / len(names)
        value = names[0] if len(names) == 1 else ",".join(f"{n}:{share:.2g}" for n in names)
        return [self._chip("style", value, found)]

    def _moods(self) -> list[tuple[int, Chip]]:
        found = self._of("mood")
        names = list(dict.fromkeys(str(one.value) for one in found))
        if not names:
            return []
        if len(names) == 1:
            return [self._chip("mood", names[0], found)]
        bars = int(next((one.value for one in self._of("bars")), USUAL_BARS))
        has_turn = any(found[0].start < at < found[-1].start for at in self.then_at)
        if has_turn and not self._of("seconds"):
            starts = [_phrase_start(place, len(names), bars) for place in range(len(names))]
            curve = " ".join(f"{name}@{bar}" for name, bar in zip(names, starts, strict=True))
            return [self._chip("mood", curve, found)]
        points = [find_mood(name) for name in names]
        valence = sum(point.valence for point in points) / len(points)
        arousal = sum(point.arousal for point in points) / len(points)
        return [self._chip("mood", f"{valence:.2f},{arousal:.2f}", found)]

    def _players(self) -> list[tuple[int, Chip]]:
        """One ensemble is an ensemble; several players are a list of instruments."""
        found = sorted([*self._of("ensemble"), *self._of("player")], key=lambda one: one.start)
        if not found:
            return []
        if len(found) == 1 and found[0].field == "ensemble":
            return [self._chip("ensemble", found[0].value, found)]
        names: list[str] = []
        for one in found:
            if one.field == "ensemble":
                names += [seat.instrument for seat in find_ensemble(str(one.value)).parts]
            else:
                names.append(str(one.value))
        return [self._chip("instruments", ",".join(names), found)]

    def _others(self) -> list[tuple[int, Chip]]:
        chips = []
        seconds = self._of("seconds")
        if seconds:
            total = sum(float(one.value) for one in seconds)
            chips.append(self._chip("seconds", total, seconds))
        for kind in ("bars", "tempo", "hit", "key", "meter", "form", "chords", "preset"):
            for one in self._of(kind):
                value = int(one.value) if kind == "bars" else one.value
                chips.append(self._chip(kind, value, [one]))
        return chips


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        key = "".join(words_of(match[0])) or match[0]
        yield _Token(match[0], key, match.start(), match.end())


def _number(text: str) -> float | None:
    """ "17.5", "17,5" -> 17.5; "1:30" -> 90 seconds."""
    minutes, colon, seconds = text.partition(":")
    if colon:
        return int(minutes) * 60.0 + int(seconds)
    try:
        return float(text.replace(",", ".")) if text[0].isdigit() else None
    except ValueError:
        return None


def _unit_at(tokens: list[_Token], at: int) -> tuple[str, int]:
    """The unit that begins at a token and how many tokens it has; "" where none does."""
    for size in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
        for kind, value in _table().get(" ".join(t.key for t in tokens[at : at + size]), []):
            if kind == "unit":
                return value, size
    return "", 0


def _unit_before(tokens: list[_Token], at: int) -> tuple[str, list[_Token]] | None:
    """A unit whose number stands behind it ("hit at 17.5", "tempo 90"), and its tokens."""
    for size in range(min(3, at), 0, -1):
        words = tokens[at - size : at]
        for length in range(size, 0, -1):
            for kind, value in _table().get(" ".join(t.key for t in words[:length]), []):
                rest = words[length:]
                filling = all(("ignored", "") in _table().get(t.key, []) for t in rest)
                if kind == "unit" and value in ("hit", "tempo") and filling:
                    return value, words[:length]
    return None


def _player_at(tokens: list[_Token], at: int) -> tuple[str, int] | None:
    for size in range(min(3, len(tokens) - at), 0, -1):
        for kind, value in _table().get(" ".join(t.key for t in tokens[at : at + size]), []):
            if kind == "player":
                return value, size
            if kind == "ensemble" and len(find_ensemble(value).parts) == 1:
                return find_ensemble(value).parts[0].instrument, size
    return None


def _phrase_start(place: int, count: int, bars: int) -> int:
    """The bar (from 1) at which the part of a piece begins, at a phrase where that is possible."""
    bar = place * bars // count
    if bars >= count * _PHRASE_BARS:
        bar = round(bar / _PHRASE_BARS) * _PHRASE_BARS
    return bar + 1


def _longest_progression(text: str) -> str:
    """As much of a text as can be read as chords, from its beginning; "" for none."""
    best = ""
    for match in re.finditer(r"[^\s|]+", text):
        head = text[: match.end()].rstrip(" ,.;")
        try:
            parse_progression(head, parse_key("C major"))
        except RequestError:
            break
        best = head
    return best


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("sentence.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _table() -> dict[str, list[tuple[str, Any]]]:
    """What phrases mean; a phrase is keys with blanks between them, a Chinese character is one."""
    data = _data()
    table: dict[str, list[tuple[str, Any]]] = {}

    def say(kind: str, value: Any, *phrases: str) -> None:
        for phrase in phrases:
            key = " ".join(token.key for token in _tokens(phrase))
            if key:
                table.setdefault(key, [(kind, value)])

    say("then", "", *data["then"])
    for preset in presets():
        say("preset", preset.name, preset.name)
    for unit, words in data["units"].items():
        say("unit", unit, *words)
    for number, words in data["numbers"].items():
        say("number", float(number), *words)
    for kind in ("key", "meter", "form"):
        for value, words in data[kind].items():
            say(kind, value, *words)
    for value, words in data["tempo"].items():
        say("tempo", float(value), *words)
    for kind in ("preset", "style", "mood", "ensemble"):
        for value, words in data[kind].items():
            say(kind, value, *words)
    for value, words in data["instrument"].items():
        say("player", value, *words)
    _say_own_names(say, data["not_alone"])
    say("ignored", "", *data["ignored"])
    _add_styles_of_ensembles(table)
    return table


def _say_own_names(say: Any, not_alone: list[str]) -> None:
    """The names and aliases of our own tables."""
    for style in styles():
        if style.name not in not_alone:
            say("style", style.name, style.name, style.label, *style.aliases)
    for composer in composers():
        say("style", composer.name, composer.label)
        if composer.name not in not_alone:
            say("style", composer.name, composer.name, *composer.aliases)
    for mood in moods():
        say("mood", mood.name, mood.name, *mood.aliases)
    for ensemble in ensembles():
        say("ensemble", ensemble.name, ensemble.name, ensemble.label, *ensemble.aliases)
    for one in INSTRUMENTS:
        for name in (one.name, one.label):
            say("player", one.name, name, f"{name}s")


def _add_styles_of_ensembles(table: dict[str, list[tuple[str, Any]]]) -> None:
    """ "jazz band" is an ensemble, and says a style too."""
    for phrase, meaning in table.items():
        words = phrase.split()
        if meaning[0][0] == "ensemble" and len(words) > 1:
            said = [one for word in words for one in table.get(word, []) if one[0] == "style"]
            meaning += [one for one in said if one not in meaning]


class _KeyPattern(NamedTuple):
    """A pattern with groups note, sign and mode, and what the words of each stand for."""

    pattern: re.Pattern[str]
    notes: dict[str, str]
    signs: dict[str, str]
    modes: dict[str, str]

    def key_of(self, match: re.Match[str]) -> str:
        """The name of a key, "" where there is no such key (D# major)."""
        words = {group: (word or "").lower() for group, word in match.groupdict().items()}
        mode = self.modes.get(words["mode"], "minor" if words["mode"] else "major")
        sign = self.signs.get(words.get("sign", ""), "")
        try:
            return key_name(parse_key(f"{self.notes[words['note']]}{sign} {mode}"))
        except RequestError:
            return ""


@cache
def _key_patterns() -> tuple[_KeyPattern, ...]:
    """How keys are written: in German, with do re mi, in English, in Chinese, and "in D"."""
    notes = _data()["notes"]
    modes = {word: mode for mode, words in notes["modes"].items() for word in words}
    signs = {word: sign for sign, words in notes["accidentals"].items() for word in words}
    german = {word: note for note, words in notes["german"].items() for word in words}
    romance = {word: note for note, words in notes["romance"].items() for word in words}
    letters = {letter: letter.upper() for letter in "abcdefg"}
    chinese = [word for word in modes if not word.isascii()]
    mode, sign = rf"(?P<mode>{_any(modes)})", rf"(?P<sign>{_any(signs)})"
    patterns = (
        (rf"(?<!\w)(?P<note>{_any(german)})[\s-]?(?P<mode>dur|moll)\b", german),
        (rf"(?<!\w)(?P<note>{_any(romance)})[\s-]*{sign}?[\s-]*{mode}\b", romance),
        (rf"(?<!\w)(?P<note>[a-g])[\s-]?{sign}?[\s-]?{mode}\b(?!\s+key)", letters),
        (rf"{sign}?(?P<note>[A-G])\s*(?P<mode>{_any(chinese)})", letters),
        (rf"(?<!\w)in\s+(?P<note>(?-i:[A-G])){sign}?(?P<mode>m)?(?=\s*(?:[,;.]|$))", letters),
    )
    return tuple(
        _KeyPattern(re.compile(text, re.IGNORECASE), table, signs, modes)
        for text, table in patterns
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
