"""How loud the sound of real pieces is: as it was (loudest moment full), and as it is mastered.

    python -m benchmarks.loudness CORPORA [--files 1]

CORPORA is a folder of zipped corpora; the first MIDI files of some kinds are played with the small
SoundFont. Prints LUFS, the highest peak, and what it took to render and to master.
"""

from __future__ import annotations

import argparse
import time
import zipfile
from pathlib import Path

import numpy as np

from composer.corpus.readers import read_bytes
from composer.music.normalise import normalise
from composer.played.quantise import quantise
from composer.rendering.performance.audio import Sound, sound_of
from composer.rendering.performance.mastering import loudness_lufs
from composer.rendering.performance.midi import midi_bytes

CORPORA = ("mma_band", "pop909", "openscore_quartets", "hauptstimme_orchestral")
FULL = 29_000 / 32_768


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--files", type=int, default=1, help="of each kind (default: 1)")
    arguments = parser.parse_args()
    for name in CORPORA:
        with zipfile.ZipFile(arguments.corpora / f"{name}.zip") as archive:
            paths = [path for path in sorted(archive.namelist()) if path.endswith(".mid")]
            for path in paths[: arguments.files]:
                piece = normalise(quantise(read_bytes(archive.read(path), path)))
                began = time.perf_counter()
                sound = sound_of(midi_bytes(piece))
                rendered = time.perf_counter()
                made = Sound.of(sound.as_wav(sound.gains()))
                mastered = time.perf_counter()
                scale = sound.samples.astype(np.float32) / 32_768
                full = scale * (FULL / np.abs(scale).max())
                rate = sound.frames_per_second
                print(
                    f"{name} {len(scale) / rate:.0f} s: {loudness_lufs(full, rate):.1f} LUFS at "
                    f"full, {made.loudness_lufs():.1f} mastered, "
                    f"peak {np.abs(made.samples).max() / 32_768:.3f}; "
                    f"{rendered - began:.1f} s to render, {mastered - rendered:.1f} s to master",
                    flush=True,
                )


if __name__ == "__main__":
    main()
