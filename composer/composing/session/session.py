"""Working on a piece over many steps: versions, undo and redo, branches, locks, one small file.

session = Session(piece)
session.lock(bars=(1, 4))
session.do("vary", strength=0.6)
session.undo()
session.do("infill", first_bar=5, last_bar=8, parts=["Viola"], seed=3)
session.save(Path("song.session"))

What is locked stays note for note: verbs write around it, and refuse where nothing is left to
write. Each step keeps its verb, arguments, seed and the fingerprint of the weights, so `replay`
makes the same notes again. Only steps need the model; all else is quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.composing.session.editing import edited
from composer.composing.session.locks import lock_name, locked_cells, make_lock
from composer.composing.session.session_file import read_tree, write_tree
from composer.composing.session.tree import EDIT, Step, Tree, Version
from composer.errors import CheckpointError, RequestError
from composer.music.piece import Piece

if TYPE_CHECKING:
    from composer.composing.verbs.spans import Progress


def quiet(done: int, total: int) -> None:
    """Progress that nobody wants to see."""


class Session:
    """A tree of versions of a piece; `weights` are those of the package unless given.

    Every method that fails leaves the session as it was.
    """

    def __init__(self, piece: Piece, weights: Path | None = None) -> None:
        self._tree = Tree([Version(None, piece)])
        self.weights = weights

    @classmethod
    def composed(
        cls,
        *,
        seed: int | None = None,
        weights: Path | None = None,
        progress: Progress = quiet,
        **request: Any,
    ) -> Session:
        """A session that begins with a composed piece; `request` as for `composer.compose`."""
        from composer.composing.session.steps import COMPOSE, made, make_step
        from composer.composing.writing.weights import new_seed

        step = make_step(COMPOSE, request, new_seed(seed), weights)
        session = cls(made(step, None, weights, progress), weights)
        session._tree = Tree([Version(None, session.piece, step)])
        return session

    @classmethod
    def begun(cls, step: Step, piece: Piece, weights: Path | None = None) -> Session:
        """A session that begins with a piece that a step made elsewhere, such as in another
        process (see `composer.composing.steps.make_step`)."""
        session = cls(piece, weights)
        session._tree = Tree([Version(None, piece, step)])
        return session

    @classmethod
    def open(cls, path: Path, weights: Path | None = None) -> Session:
        """The session of a file. Raises FileError if it is none."""
        tree = read_tree(path)
        session = cls(tree.current.piece, weights)
        session._tree = tree
        return session

    def save(self, path: Path) -> None:
        """Write all of it to one small file, whole or not at all. Raises FileError."""
        write_tree(self._tree, path)

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions, by number."""
        return tuple(self._tree.versions)

    @property
    def current(self) -> Version:
        return self._tree.current

    @property
    def piece(self) -> Piece:
        """The current version's piece."""
        return self.current.piece

    @property
    def locks(self) -> tuple[str, ...]:
        """What is locked in the current version, in words."""
        return tuple(lock_name(lock, self.piece) for lock in self.current.locks)

    def do(
        self,
        verb: str,
        *,
        seed: int | None = None,
        label: str = "",
        progress: Progress = quiet,
        **arguments: Any,
    ) -> Piece:
        """Make a new version of the current one by a verb of `VERBS`, and make it current.

        `arguments` are the verb's own, by name. Raises RequestError for a verb that is not there
        and where locks leave it nothing to write, and whatever the verb raises.
        """
        from composer.composing.session.steps import VERBS, made, make_step
        from composer.composing.writing.weights import new_seed

        if verb not in VERBS:
            raise RequestError(f"verb {verb!r} is unknown; there are {', '.join(VERBS)}")
        parent = self.current
        step = make_step(verb, arguments, new_seed(seed), self.weights, parent.locks)
        piece = made(step, parent.piece, self.weights, progress)
        return self._tree.add(Version(parent.number, piece, step, parent.locks, label)).piece

    def take(self, step: Step, piece: Piece, parent: int, label: str = "") -> Version:
        """Add what a step made elsewhere of version `parent`, and make it current.

        Raises RequestError if there is no such version.
        """
        of = self._tree.find(parent)
        return self._tree.add(Version(of.number, piece, step, step.locks, label))

    def edit(self, changes: Sequence[Sequence[Any]], label: str = "") -> Piece:
        """Make a new version by hand; `changes` as in `composer.composing.editing`.

        Raises RequestError for what is not possible or locked.
        """
        parent = self.current
        rows = tuple(tuple(change) for change in changes)
        piece = edited(parent.piece, rows, locked_cells(parent.piece, parent.locks))
        step = Step(EDIT, {"changes": rows}, 0, "", {}, parent.locks)
        return self._tree.add(Version(parent.number, piece, step, parent.locks, label)).piece

    def undo(self) -> Piece:
        """Back to what the current version was made of. Raises RequestError at the first."""
        return self._tree.undo().piece

    def redo(self) -> Piece:
        """Forward to what was made of it, last. Raises RequestError where there is nothing."""
        return self._tree.redo().piece

    def go_to(self, version: int | str) -> Piece:
        """To any version, by number or label; what is done there is a branch of its own."""
        return self._tree.go_to(version).piece

    def children(self, number: int) -> tuple[Version, ...]:
        """What was made of a version: more than one are branches."""
        return tuple(self._tree.children(number))

    def label(self, text: str) -> None:
        """Name the current version."""
        self._tree.change(label=text)

    def lock(self, bars: tuple[int, int] | None = None, parts: Sequence[str] = ()) -> None:
        """Lock bars (first and last, from 1), parts by name, or these bars of these parts.

        Holds for the current version and what is made of it. Raises RequestError for what is not
        there.
        """
        lock = make_lock(self.piece, bars, parts)
        self._tree.change(locks=tuple(dict.fromkeys([*self.current.locks, lock])))

    def unlock(self, bars: tuple[int, int] | None = None, parts: Sequence[str] = ()) -> None:
        """Take a lock away as it was set; all of them if nothing is named.

        Raises RequestError if there is no such lock.
        """
        if bars is None and not parts:
            self._tree.change(locks=())
            return
        lock = make_lock(self.piece, bars, parts)
        if lock not in self.current.locks:
            there = "; ".join(self.locks) or "nothing"
            raise RequestError(f"{lock_name(lock, self.piece)} is no lock; locked: {there}")
        self._tree.change(locks=tuple(one for one in self.current.locks if one != lock))

    def replay(self, version: int | str | None = None, progress: Progress = quiet) -> Piece:
        """Make a version (by default the current one) again, step by step from the first.

        Raises CheckpointError if a step was made with other weights than this session's, and
        RequestError if one gives other notes than are kept, as another version of onnxruntime or of
        this program may.
        """
        from composer.composing.session.steps import made

        target = self.current if version is None else self._tree.find(version)
        path = self._tree.path(target.number)
        self._check_weights(path)
        piece = None
        for one in path:
            piece = made(one.step, piece, self.weights, progress) if one.step else one.piece
            if one.step and piece != one.piece:
                made_with = ", ".join(f"{name} {at}" for name, at in one.step.made_with.items())
                raise RequestError(
                    f"version {one.number} ({one.step.verb}) gives other notes here; it was made "
                    f"with {made_with}"
                )
        return target.piece

    def _check_weights(self, path: Sequence[Version]) -> None:
        from composer.composing.writing.weights import load_weights

        for version in path:
            if version.step is None or version.step.verb == EDIT:
                continue
            here = load_weights(self.weights).fingerprint
            if version.step.fingerprint != here:
                raise CheckpointError(
                    f"version {version.number} ({version.step.verb}) was made with weights "
                    f"{version.step.fingerprint}, and these are {here}; open the session with "
                    "those weights to make it again"
                )
