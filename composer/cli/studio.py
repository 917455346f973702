"""`composer studio`: one local page where people and the engine compose together."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from composer.cli.flags import add_command, check_writable
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.cli.flags import Commands


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "studio", "compose on a page in your browser", studio)
    add = parser.add_argument
    add(
        "--folder", metavar="DIR", type=Path, default=Path("studio"),
        help="where works are kept, and nothing else is read or written (default: studio)",
    )  # fmt: skip
    add(
        "--host", default="127.0.0.1",
        help="where to listen; beyond this machine a token is asked for (default: 127.0.0.1)",
    )  # fmt: skip
    add("--port", type=int, default=8470, help="0 for any that is free (default: 8470)")
    add("--stage", action="store_true", help="open with the wall of a show that an audience turns")
    add("--open", action="store_true", help="open the page in the browser")


def studio(given: argparse.Namespace) -> None:
    if not 0 <= given.port <= 65535:
        raise RequestError(f"port {given.port} is not possible; give 0 to 65535")
    check_writable(given.folder)
    try:
        from composer.studio.web_server import serve
    except ModuleNotFoundError as error:
        raise RequestError(
            f"the studio needs {error.name}; pip install 'symbolic-composer[studio]'"
        ) from None

    def on_ready(address: str) -> None:
        print(f"the studio is open at {address} (Ctrl-C ends it)", flush=True)
        if given.open:
            import webbrowser

            webbrowser.open(address)

    serve(given.folder, given.host, given.port, on_ready, is_stage=given.stage)
