"""The command line: a thin door to the library. Parse, call, print; a file a group of commands.

Nothing heavy is imported before a command needs it, so that `--help` and `styles` answer at once;
nothing at all before `main` is ready for Ctrl-C.
Whatever a user can do wrong is one line on stderr and exit status 2; Ctrl-C is status 130.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from composer.errors import ComposerError

USER_ERROR = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; `arguments` are by default the process's own."""
    # Vectors of a few hundred numbers: a second thread of numpy's would only wait for the first.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from composer.cli.config import config_path, set_defaults
        from composer.cli.parser import build_parser

        parser = build_parser()
        if config := config_path():
            set_defaults(parser, config)
        given = parser.parse_args(_with_signs(sys.argv[1:] if arguments is None else arguments))
        given.run(given)
        sys.stdout.flush()
    except SystemExit as exit_:  # what --help and --version end with
        return int(exit_.code or 0)
    except ComposerError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # The reader of our output has seen enough. Python would complain of it when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _refuse(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print("composer: stopped", file=sys.stderr)
        return INTERRUPTED
    return 0


def _with_signs(arguments: Sequence[str]) -> list[str]:
    """`--mood -0.6,0.4` as `--mood=-0.6,0.4`: argparse would take the numbers for a flag."""
    joined: list[str] = []
    for word in arguments:
        is_numbers = word[:1] == "-" and word[1:2].isdigit() | (word[1:2] == ".") and "," in word
        if is_numbers and joined and joined[-1] in ("--mood", "--emotion"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _refuse(message: str) -> int:
    print(f"composer: {' '.join(message.split())}", file=sys.stderr)
    return USER_ERROR
