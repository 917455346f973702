"""Where messages come from and go to: MIDI ports by name, OSC addresses, files.

`osc:HOST:PORT` sends and `osc:PORT` hears `/note CHANNEL PITCH VELOCITY` (velocity 0 ends a note;
two numbers are pitch and velocity) and `/midi B0 B1 B2`, of integers. `file:PATH` writes a line a
message, the time and the bytes in hexadecimal; it stands for a port where there is none. Any other
name is that of a MIDI port, or the beginning of it; `virtual:NAME` makes one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from composer.errors import FileError, RequestError

Message = bytes
Hear = Callable[[float, Message], None]
"""Called with the time of a message and the message."""

NOTE_OFF, NOTE_ON, CONTROL = 0x80, 0x90, 0xB0
_OSC, _FILE, _VIRTUAL = "osc:", "file:", "virtual:"


class Output(Protocol):
    """Somewhere messages go."""

    def send(self, message: Message) -> None:
        """Send a message now."""

    def close(self) -> None:
        """Let go of it."""


class Input(Protocol):
    """Somewhere messages come from."""

    def close(self) -> None:
        """Hear no more."""


def open_output(name: str) -> Output:
    """The output of a name. Raises RequestError where there is none, FileError for a bad file."""
    if name.startswith(_FILE):
        return _FileOutput(Path(name.removeprefix(_FILE)))
    if name.startswith(_OSC):
        return _OscOutput(*_address(name))
    return _MidiOutput(name)


def open_input(name: str, hear: Hear) -> Input:
    """The input of a name, which calls `hear` from a thread of its own.

    Raises RequestError where there is none.
    """
    if name.startswith(_OSC):
        return _OscInput(_address(name)[1], hear)
    return _MidiInput(name, hear)


def midi_ports() -> tuple[list[str], list[str]]:
    """The names of MIDI inputs and outputs. Raises RequestError where the system has no MIDI."""
    rtmidi2 = _rtmidi2()
    try:
        return list(rtmidi2.get_in_ports()), list(rtmidi2.get_out_ports())
    except RuntimeError as error:
        raise RequestError(f"this system offers no MIDI: {error}") from None


def _address(name: str) -> tuple[str, int]:
    host, _, port = name.removeprefix(_OSC).rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise RequestError(f"{name!r} is no OSC address; give osc:PORT or osc:HOST:PORT")
    return host or "127.0.0.1", int(port)


def _rtmidi2() -> Any:
    try:
        import rtmidi2
    except ImportError:
        raise RequestError(_NEEDED) from None
    return rtmidi2


_NEEDED = "this needs the extra `live`: pip install 'symbolic-composer[live]'"


class _FileOutput:
    """Lines of time and message, written at once."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("w", encoding="ascii", buffering=1)
        except OSError as error:
            raise FileError(f"cannot write {path}: {error.strerror}") from None

    def send(self, message: Message) -> None:
        self._file.write(f"{time.monotonic():.6f} {message.hex()}\n")

    def close(self) -> None:
        self._file.close()


class _MidiOutput:
    def __init__(self, name: str) -> None:
        rtmidi2 = _rtmidi2()
        try:
            self._port = rtmidi2.MidiOut("composer")
            _open(self._port, name)
        except RuntimeError as error:
            raise RequestError(f"this system offers no MIDI: {error}") from None

    def send(self, message: Message) -> None:
        self._port.send_raw(*message)

    def close(self) -> None:
        self._port.close_port()


class _MidiInput:
    def __init__(self, name: str, hear: Hear) -> None:
        rtmidi2 = _rtmidi2()
        try:
            self._port = rtmidi2.MidiIn("composer")
            _open(self._port, name)
        except RuntimeError as error:
            raise RequestError(f"this system offers no MIDI: {error}") from None
        self._port.callback = lambda message, _: hear(time.monotonic(), bytes(message))

    def close(self) -> None:
        self._port.callback = None
        self._port.close_port()


def _open(port: Any, name: str) -> None:
    """Open the port of a name or of the beginning of one. Raises RequestError where none is."""
    if name.startswith(_VIRTUAL):
        port.open_virtual_port(name.removeprefix(_VIRTUAL))
        return
    names = list(port.ports)
    fitting = [number for number, own in enumerate(names) if own.lower().startswith(name.lower())]
    if not fitting:
        there = ", ".join(names) or "none"
        raise RequestError(f"there is no MIDI port {name!r}; there are: {there}")
    port.open_port(fitting[0])


class _OscOutput:
    def __init__(self, host: str, port: int) -> None:
        try:
            from pythonosc.udp_client import SimpleUDPClient
        except ImportError:
            raise RequestError(_NEEDED) from None
        self._client = SimpleUDPClient(host, port)

    def send(self, message: Message) -> None:
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if kind in (NOTE_ON, NOTE_OFF):
            velocity = message[2] if kind == NOTE_ON else 0
            self._client.send_message("/note", [channel + 1, message[1], velocity])
        else:
            self._client.send_message("/midi", list(message))

    def close(self) -> None:
        """Nothing is held."""


class _OscInput:
    def __init__(self, port: int, hear: Hear) -> None:
        try:
            from pythonosc.dispatcher import Dispatcher
            from pythonosc.osc_server import ThreadingOSCUDPServer
        except ImportError:
            raise RequestError(_NEEDED) from None
        dispatcher = Dispatcher()
        dispatcher.map("/note", lambda _, *numbers: _hear_note(hear, numbers))
        dispatcher.map("/midi", lambda _, *numbers: _hear_bytes(hear, numbers))
        try:
            self._server = ThreadingOSCUDPServer(("127.0.0.1", port), dispatcher)
        except OSError as error:
            raise RequestError(f"cannot hear osc:{port}: {error.strerror}") from None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _hear_note(hear: Hear, numbers: tuple[Any, ...]) -> None:
    """What is no note is not heard: whatever a program on the network may send."""
    channel, pitch, velocity = (1, *numbers) if len(numbers) == 2 else (*numbers, 0, 0, 0)[:3]
    _hear_bytes(hear, (NOTE_ON | (_whole(channel) - 1) & 0x0F, pitch, velocity))


def _hear_bytes(hear: Hear, numbers: tuple[Any, ...]) -> None:
    whole = [_whole(number) for number in numbers]
    is_status = len(whole) == 3 and 0x80 <= whole[0] <= 0xFF
    if is_status and all(0 <= number < 128 for number in whole[1:]):
        hear(time.monotonic(), bytes(whole))


def _whole(number: object) -> int:
    return int(number) if isinstance(number, int | float) and abs(number) < 256 else -1
