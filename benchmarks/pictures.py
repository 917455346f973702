"""Pictures of pages for the README: music that the model composed, engraved and left as it is.

    python -m benchmarks.pictures [--out docs/images] [--weights FILE] [--seeds 1-6]

Each row of `ROWS` becomes `<style>-<mood>-<seed>.png`: the first page, cropped to the music, in few
greys. With --seeds every row is made with each of these seeds instead of its own, to choose from
(into a folder of your own; then put the seeds that please into `ROWS`). Needs Pillow.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import composer
from composer.composing.compose import Composition, compose_all

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDTH_PIXELS = 1000
MARGIN_PIXELS = 24
GREYS = 12
MOST_BYTES = 150_000


class Row(NamedTuple):
    """What is asked for, as of `composer.compose`."""

    style: str
    mood: str
    ensemble: str
    bars: int
    seed: int


ROWS = (
    Row("classical", "calm", "solo-piano", 16, 3),
    Row("folk", "playful", "lead-sheet", 16, 5),
    Row("romantic", "tender", "string-quartet", 12, 8),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=IMAGES)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--seeds", help="such as 1-6: every row with each of these")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    seeds = _seeds(given.seeds)
    rows = [row._replace(seed=seed) for row in ROWS for seed in seeds or (row.seed,)]
    compositions = compose_all([row._asdict() for row in rows], given.weights)
    for row, composition in zip(rows, compositions, strict=True):
        data = picture(composition)
        path = given.out / f"{row.style}-{row.mood}-{row.seed}.png"
        path.write_bytes(data)
        print(path, f"{len(data) / 1000:.0f} kB", "" if len(data) < MOST_BYTES else "TOO LARGE")


def _seeds(text: str | None) -> range:
    first, _, last = (text or "1-0").partition("-")
    return range(int(first), int(last or first) + 1)


def picture(composition: Composition) -> bytes:
    """The first page of a piece as PNG, cropped."""
    with TemporaryDirectory() as folder:
        page = composer.write(composition, Path(folder), ["png"])[0]
        return cropped(page.read_bytes())


def cropped(page: bytes) -> bytes:
    """A page without its empty margins, narrower and in few greys."""
    from PIL import Image, ImageOps

    image = Image.open(io.BytesIO(page)).convert("L")
    left, top, right, bottom = ImageOps.invert(image).getbbox() or (0, 0, *image.size)
    image = image.crop((left, top, right, bottom))
    height = round(image.height * WIDTH_PIXELS / image.width)
    image = image.resize((WIDTH_PIXELS, height), Image.Resampling.LANCZOS)
    image = ImageOps.expand(image, MARGIN_PIXELS, fill=255).quantize(GREYS)
    made = io.BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


if __name__ == "__main__":
    main()
