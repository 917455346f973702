"""Notes a second of one core, ours beside a Hugging Face model of equal size with MidiTok's BPE.

    python benchmarks/speed.py MIDI_FOLDER [--weights FILE] [--bars 16]

needs the extras `benchmarks` and `train`. All contenders take turns in one run; what counts is
processor time, its median over the turns, so that a busy machine slows all of them alike:

- ours, one candidate and four, from a loaded model to chosen notes: sketches, masks, leans, checks
  for copies and the verdict are all counted; of four candidates the notes of all are;
- the steps that those rows took, with torch on the same weights instead (the layers alone);
- a Llama with as many parameters in layers of the same width, its key-value cache in use, sampling
  freely with `generate`, with nothing else around it. Its tokens a note are those of every other
  MIDI file of the folder in MidiTok's REMI, with BPE learned from the rest.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch

from composer.composing.compose import compose
from composer.composing.writing.weights import WEIGHTS, load_weights
from composer.model.checkpoint import load_checkpoint
from composer.model.sizes import RowTables
from composer.model.transformer import KeyValueCache, RowTransformer
from composer.tokens.fields import COLUMNS, FORMAT_VERSION, Kind, layout

TURNS = 3
STEPS = 64
VOCABULARY = 5000
ROWS_BEFORE = 256
"""Rows or tokens that stand before a measured step."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("midi", type=Path, help="MIDI files that BPE is learned from")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--bars", type=int, default=16)
    given = parser.parse_args()
    torch.set_num_threads(1)
    load_weights(given.weights)
    tokens_a_note, vocabulary = bpe_tokens_a_note(given.midi)
    model = load_checkpoint(
        given.weights or WEIGHTS, FORMAT_VERSION, RowTables(**asdict(layout()))
    ).model
    contenders: dict[str, Callable[[], float]] = {
        "ours, 1 candidate": lambda: ours(given.weights, given.bars, 1),
        "ours, 4 candidates": lambda: ours(given.weights, given.bars, 4),
        "torch layers, 1 line": lambda: torch_layers(model, 1),
        "torch layers, 4 lines": lambda: torch_layers(model, 4),
        "Hugging Face, 1 line": hugging_face(model, vocabulary, tokens_a_note, 1),
        "Hugging Face, 4 lines": hugging_face(model, vocabulary, tokens_a_note, 4),
    }
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(TURNS):
        for name, turn in contenders.items():
            found[name].append(turn())
    print(f"{tokens_a_note:.2f} tokens a note, vocabulary {vocabulary}")
    base = statistics.median(found["Hugging Face, 1 line"])
    for name, rates in found.items():
        middle = statistics.median(rates)
        print(
            f"{name:24} {middle:8.1f} notes/s ({min(rates):.1f} to {max(rates):.1f}), "
            f"{middle / base:.1f} times Hugging Face at one line"
        )


def ours(weights: Path | None, bars: int, candidates: int) -> float:
    """Notes a second of processor time, of all candidates."""
    start = time.process_time()
    made = compose(
        style="folk", ensemble="solo-piano", bars=bars, seed=3, best_of=candidates, weights=weights
    )
    seconds = time.process_time() - start
    assert made.choice is not None
    return sum(int((one.rows[:, 0] == Kind.NOTE).sum()) for one in made.choice.candidates) / seconds


@torch.inference_mode()
def torch_layers(model: RowTransformer, lines: int) -> float:
    """Notes a second if every step were a note and nothing but the layers had to be computed."""
    cache = KeyValueCache(model.shape, lines)
    rows = torch.ones(lines, ROWS_BEFORE, COLUMNS, dtype=torch.long)
    model(rows, rows, cache=cache)
    start = time.process_time()
    for _ in range(STEPS):
        state = model(rows[:, :1], rows[:, :1], cache=cache)
        model.with_late(state, rows[:, :1])
    return lines * STEPS / (time.process_time() - start)


def hugging_face(
    like: RowTransformer, vocabulary: int, tokens_a_note: float, lines: int
) -> Callable[[], float]:
    """Notes a second of a Llama of the same width, layers and parameters in them, untrained."""
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = like.shape
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.width * 8 // 3,  # three matrices: as many numbers as our two
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        max_position_embeddings=2 * shape.context,
    )
    model = LlamaForCausalLM(config).eval()
    prompt = torch.randint(0, vocabulary, (lines, ROWS_BEFORE))

    def seconds(count: int) -> float:
        start = time.process_time()
        model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            do_sample=True,
            min_new_tokens=count,
            max_new_tokens=count,
            pad_token_id=0,
        )
        return time.process_time() - start

    def turn() -> float:
        """The time of the prompt is taken off."""
        reading = seconds(1)
        return lines * STEPS / tokens_a_note / max(1e-9, seconds(1 + STEPS) - reading)

    return turn


def bpe_tokens_a_note(folder: Path) -> tuple[float, int]:
    """Tokens a note of MidiTok's REMI with BPE, on files that it was not learned from, and the size
    of its vocabulary."""
    from miditok import REMI, TokenizerConfig
    from symusic import Score

    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".mid", ".midi"))
    tokenizer = REMI(TokenizerConfig(use_programs=True, one_token_stream_for_programs=True))
    tokenizer.train(vocab_size=VOCABULARY, files_paths=files[::2])
    tokens = notes = 0
    for path in files[1::2]:
        notes += Score(path).note_num()
        tokens += len(tokenizer(path).ids)
    return tokens / notes, len(tokenizer)


if __name__ == "__main__":
    main()
