"""Many pieces of one request: each as its seed gives it alone, none lost, none written twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composer.cli import main
from composer.composing import many
from composer.composing.compose import Composition, compose, write
from composer.composing.many import compose_many
from composer.errors import RequestError
from composer.process import CrashedError

REQUEST = {"instruments": "flute", "bars": 1, "best_of": 1}
COMMAND = "compose --instruments flute --bars 1 --best-of 1 --format mid --seed 5 --count 3"


class Here:
    """In place of a process: does the task in this one."""

    def __init__(self, name: str, tasks: str) -> None:
        assert tasks == many.__name__

    def call(self, task: str, payload: Any, hear: Any, **how: Any) -> Any:
        return many.TASKS[task](payload, hear)

    def kill(self) -> None:
        pass


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "Process", Here)


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds that are composed from here on."""
    seeds: list[int] = []
    monkeypatch.setattr(many, "compose", noting(seeds))
    return seeds


def noting(
    seeds: list[int], errors: dict[int, BaseException] | None = None
) -> Callable[..., Composition]:
    """`compose` that notes its seeds, and fails for some of them."""

    def composing(**request: Any) -> Composition:
        seeds.append(request["seed"])
        if errors and request["seed"] in errors:
            raise errors[request["seed"]]
        return compose(**request)

    return composing


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_each_piece_is_the_one_that_its_seed_gives_alone(tmp_path: Path) -> None:
    """Files and names, byte for byte; seeds follow each other, and so do the results."""
    told: list[tuple[float, int]] = []
    made = compose_many(
        REQUEST | {"seed": 5}, 2, tmp_path / "many", ["mid"], processes=1,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    for seed in (5, 6):
        alone = compose(**REQUEST, seed=seed)  # type: ignore[arg-type]
        write(alone, tmp_path / "alone", ["mid"], with_report=True)
    assert contents(tmp_path / "many") == contents(tmp_path / "alone")
    assert [(one.seed, one.report()["seed"], one.was_there) for one in made] == [
        (5, 5, False), (6, 6, False),
    ]  # fmt: skip
    assert [path.suffix for path in made[0].paths] == [".mid", ".json"]
    assert told[-1] == (2.0, 2)
    assert all(0 <= done <= total == 2 for done, total in told)


def test_what_is_there_and_whole_is_not_written_again(tmp_path: Path, composed: list[int]) -> None:
    """A piece that lacks a file is; with `force` all are."""
    asked = REQUEST | {"seed": 5}
    before = compose_many(asked, 3, tmp_path, ["mid"], processes=1)
    as_it_was = contents(tmp_path)
    before[1].paths[0].unlink()
    composed.clear()
    again = compose_many(asked, 4, tmp_path, ["mid"], processes=1)
    assert composed == [6, 8]
    assert [one.was_there for one in again] == [True, False, True, False]
    assert as_it_was.items() <= contents(tmp_path).items()
    assert len(contents(tmp_path)) == 8
    composed.clear()
    compose_many(asked, 2, tmp_path, ["mid"], processes=1, force=True)
    assert composed == [5, 6]
    composed.clear()
    compose_many(asked, 1, tmp_path, ["mid", "musicxml"], processes=1)
    assert composed == [5]


def test_other_weights_are_another_piece(
    tmp_path: Path, composed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What earlier weights wrote does not count."""
    compose_many(REQUEST | {"seed": 5}, 1, tmp_path, ["mid"], processes=1)
    monkeypatch.setattr(many, "fingerprint_of", lambda path: "other")
    compose_many(REQUEST | {"seed": 5}, 1, tmp_path, ["mid"], processes=1)
    assert composed == [5, 5]


def test_one_that_fails_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each says why in a line, the exit status is 1, and the next run tries them again."""
    errors = {5: RequestError("no such\nbar"), 7: CrashedError("it stopped")}
    monkeypatch.setattr(many, "compose", noting([], errors))  # type: ignore[arg-type]
    assert main([*COMMAND.split(), "--out", str(tmp_path)]) == 1
    out, error = capsys.readouterr()
    assert error.splitlines() == [
        "composer: seed 5: no such bar", "composer: seed 7: it stopped",
    ]  # fmt: skip
    rows = [line.split() for line in out.splitlines() if line]
    assert [(row[0], row[-1]) for row in rows[1:]] == [
        ("5", "failed"), ("6", "written"), ("7", "failed"),
    ]  # fmt: skip
    errors.clear()
    assert main([*COMMAND.split(), "--out", str(tmp_path)]) == 0
    out, error = capsys.readouterr()
    assert error == ""
    assert out.count("was there") == 1
    assert out.count("written") == 2


def test_a_first_seed_that_was_drawn_is_kept_until_all_is_through(
    tmp_path: Path, composed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped, the same call goes on; done, it is a new batch."""
    with monkeypatch.context() as stopping:
        first: list[int] = []

        def stop_at_the_second(**request: Any) -> Composition:
            first.append(request["seed"])
            if len(first) == 2:
                raise KeyboardInterrupt
            return compose(**request)

        stopping.setattr(many, "compose", stop_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            compose_many(REQUEST, 3, tmp_path, ["mid"], processes=1)
    made = compose_many(REQUEST, 3, tmp_path, ["mid"], processes=1)
    assert [one.seed for one in made] == [first[0], first[0] + 1, first[0] + 2]
    assert made[0].was_there
    assert first[0] not in composed
    assert {path.suffix for path in tmp_path.iterdir()} == {".mid", ".json"}
    monkeypatch.setattr(many, "task_asked", drawing(first[0] + 100))
    assert compose_many(REQUEST, 1, tmp_path, ["mid"], processes=1)[0].seed == first[0] + 100


def drawing(seed: int) -> Callable[..., Any]:
    """`task_asked` that draws a seed."""
    real = many.task_asked
    return lambda **request: real(**request | {"seed": seed})


def test_files_of_others_stay_and_ours_are_found_under_their_number(
    tmp_path: Path, composed: list[int]
) -> None:
    """Nothing is overwritten, and nothing written twice."""
    name = compose(**REQUEST, seed=5).name  # type: ignore[arg-type]
    (tmp_path / f"{name}.mid").write_bytes(b"mine")
    for was_there in (False, True):
        (made,) = compose_many(REQUEST | {"seed": 5}, 1, tmp_path, ["mid"], processes=1)
        assert made.was_there is was_there
        assert made.paths[-1].name == f"{name}-2.json"
    assert composed == [5]
    assert (tmp_path / f"{name}.mid").read_bytes() == b"mine"


@pytest.mark.parametrize("how", [{"processes": 0}, {"formats": ["doc"]}])
def test_what_no_piece_can_be_written_with_is_refused(tmp_path: Path, how: dict[str, Any]) -> None:
    """Before anything is."""
    with pytest.raises(RequestError):
        compose_many(REQUEST, 2, tmp_path / "out", **how)
    with pytest.raises(TypeError, match="colour"):
        compose_many(REQUEST, 2, tmp_path / "out", colour="red")
    assert not (tmp_path / "out").exists()
