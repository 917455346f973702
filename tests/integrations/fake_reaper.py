"""A project of REAPER with as much of its API (7.x, ReaScript for Lua) as our scripts call.

Each method is one function of the API; its docstring is the signature that REAPER documents. What
is not here raises, so that a script cannot call what does not exist.
"""

from __future__ import annotations

import shlex
import subprocess
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

PPQ = 960


class Tempo(NamedTuple):
    """From a quarter note of the project on: meter and quarter notes a minute."""

    qn: float
    numerator: int
    denominator: int
    quarters_per_minute: float


@dataclass
class Source:
    kind: str


@dataclass
class Take:
    item: Item
    name: str = ""
    source: Source | None = None
    notes: list[tuple[bool, bool, float, float, int, int, int]] = field(default_factory=list)
    """Rows of selected, muted, start and end in PPQ, channel, pitch, velocity."""
    is_sorted: bool = True


@dataclass
class Item:
    track: Track
    start: float
    length: float
    takes: list[Take] = field(default_factory=list)
    active: int = 0
    is_selected: bool = False


@dataclass
class Track:
    name: str = ""
    items: list[Item] = field(default_factory=list)


class FakeReaper:
    """The table `reaper` of a script; `answers` are what the user says to boxes, in order."""

    def __init__(self, folder: Path, tempi: list[Tempo], address: str = "") -> None:
        self.folder, self.tempi = folder, tempi
        self.tracks: list[Track] = []
        self.selected_time = (0.0, 0.0)
        self.answers: list[str | None] = []
        self.boxes: list[str] = []
        self.asked: list[str] = []
        self.undo: list[str] = []
        self.is_open = 0
        self.deferred: list[Callable[[], Any]] = []
        self.state = {("symbolic-composer", "address"): address}

    def run_deferred(self, most_seconds: float = 120) -> None:
        """What REAPER does between frames, until nothing is waiting."""
        until = time.monotonic() + most_seconds
        while self.deferred and time.monotonic() < until:
            waiting, self.deferred = self.deferred, []
            for act in waiting:
                act()
            time.sleep(0.03)
        assert not self.deferred, "the script is still waiting"

    # time ------------------------------------------------------------------

    def _tempo_at(self, qn: float) -> Tempo:
        return self.tempi[max(0, bisect_right([t.qn for t in self.tempi], qn + 1e-9) - 1)]

    def TimeMap2_QNToTime(self, proj: int, qn: float) -> float:  # noqa: N802
        """number reaper.TimeMap2_QNToTime(ReaProject proj, number qn)"""
        seconds = 0.0
        for tempo, later in zip(self.tempi, [*self.tempi[1:], None], strict=True):
            end = qn if later is None else min(qn, later.qn)
            if end > tempo.qn:
                seconds += (end - tempo.qn) * 60 / tempo.quarters_per_minute
        return seconds

    def _time_to_qn(self, seconds: float) -> float:
        for tempo, later in zip(self.tempi, [*self.tempi[1:], None], strict=True):
            begin = self.TimeMap2_QNToTime(0, tempo.qn)
            if later is None or seconds < self.TimeMap2_QNToTime(0, later.qn):
                return tempo.qn + (seconds - begin) * tempo.quarters_per_minute / 60
        raise AssertionError

    def TimeMap2_timeToBeats(self, proj: int, tpos: float) -> tuple[float, int]:  # noqa: N802
        """number retval, optional integer measures, optional integer cml, optional number
        fullbeats, optional integer cdenom = reaper.TimeMap2_timeToBeats(ReaProject proj, number
        tpos)"""
        qn, measure = self._time_to_qn(tpos), 0
        while self._measure(measure + 1) <= qn + 1e-9:
            measure += 1
        return qn - self._measure(measure), measure

    def _measure(self, number: int) -> float:
        qn = 0.0
        for _ in range(number):
            tempo = self._tempo_at(qn)
            qn += 4 * tempo.numerator / tempo.denominator
        return qn

    def TimeMap_GetMeasureInfo(  # noqa: N802
        self, proj: int, measure: int
    ) -> tuple[float, float, float, int, int, float]:
        """number retval, number qn_start, number qn_end, integer timesig_num, integer
        timesig_denom, number tempo = reaper.TimeMap_GetMeasureInfo(ReaProject proj, integer
        measure)"""
        start = self._measure(measure)
        tempo = self._tempo_at(start)
        end = self._measure(measure + 1)
        return (
            self.TimeMap2_QNToTime(0, start), start, end, tempo.numerator, tempo.denominator,
            tempo.quarters_per_minute,
        )  # fmt: skip

    def GetSet_LoopTimeRange(  # noqa: N802
        self, is_set: bool, is_loop: bool, start: float, end: float, allow_seek: bool
    ) -> tuple[float, float]:
        """number start, number end = reaper.GetSet_LoopTimeRange(boolean isSet, boolean isLoop,
        number start, number end, boolean allowautoseek)"""
        assert not is_set
        return self.selected_time

    def time_precise(self) -> float:
        """number reaper.time_precise()"""
        return time.monotonic()

    # tracks and items ------------------------------------------------------------------

    def CountTracks(self, proj: int) -> int:  # noqa: N802
        """integer reaper.CountTracks(ReaProject proj)"""
        return len(self.tracks)

    def GetTrack(self, proj: int, trackidx: int) -> Track:  # noqa: N802
        """MediaTrack reaper.GetTrack(ReaProject proj, integer trackidx)"""
        return self.tracks[trackidx]

    def InsertTrackAtIndex(self, idx: int, wants_defaults: bool) -> None:  # noqa: N802
        """reaper.InsertTrackAtIndex(integer idx, boolean wantDefaults)"""
        assert self.is_open, "outside an undo block"
        self.tracks.insert(idx, Track())

    def GetSetMediaTrackInfo_String(  # noqa: N802
        self, track: Track, name: str, text: str, is_set: bool
    ) -> tuple[bool, str]:
        """boolean retval, string stringNeedBig = reaper.GetSetMediaTrackInfo_String(MediaTrack tr,
        string parmname, string stringNeedBig, boolean setNewValue)"""
        assert name == "P_NAME"
        if is_set:
            track.name = text
        return True, track.name

    def CountSelectedMediaItems(self, proj: int) -> int:  # noqa: N802
        """integer reaper.CountSelectedMediaItems(ReaProject proj)"""
        return len(self._selected())

    def GetSelectedMediaItem(self, proj: int, place: int) -> Item:  # noqa: N802
        """MediaItem reaper.GetSelectedMediaItem(ReaProject proj, integer selitem)"""
        return self._selected()[place]

    def _selected(self) -> list[Item]:
        return [item for track in self.tracks for item in track.items if item.is_selected]

    def GetMediaItem_Track(self, item: Item) -> Track:  # noqa: N802
        """MediaTrack reaper.GetMediaItem_Track(MediaItem item)"""
        return item.track

    def GetMediaItemInfo_Value(self, item: Item, name: str) -> float:  # noqa: N802
        """number reaper.GetMediaItemInfo_Value(MediaItem item, string parmname)"""
        return {"D_POSITION": item.start, "D_LENGTH": item.length}[name]

    def CreateNewMIDIItemInProj(  # noqa: N802
        self, track: Track, start: float, end: float, is_qn: bool
    ) -> Item:
        """MediaItem reaper.CreateNewMIDIItemInProj(MediaTrack track, number starttime, number
        endtime, optional boolean qnIn)"""
        assert not is_qn
        item = Item(track, start, end - start)
        item.takes.append(Take(item, source=Source("MIDI")))
        track.items.append(item)
        return item

    # takes ------------------------------------------------------------------

    def GetActiveTake(self, item: Item) -> Take:  # noqa: N802
        """MediaItem_Take reaper.GetActiveTake(MediaItem item)"""
        return item.takes[item.active]

    def AddTakeToMediaItem(self, item: Item) -> Take:  # noqa: N802
        """MediaItem_Take reaper.AddTakeToMediaItem(MediaItem item)"""
        item.takes.append(Take(item))
        return item.takes[-1]

    def PCM_Source_CreateFromType(self, kind: str) -> Source:  # noqa: N802
        """PCM_source reaper.PCM_Source_CreateFromType(string sourcetype)"""
        return Source(kind)

    def SetMediaItemTake_Source(self, take: Take, source: Source) -> bool:  # noqa: N802
        """boolean reaper.SetMediaItemTake_Source(MediaItem_Take take, PCM_source source)"""
        take.source = source
        return True

    def GetSetMediaItemTakeInfo_String(  # noqa: N802
        self, take: Take, name: str, text: str, is_set: bool
    ) -> tuple[bool, str]:
        """boolean retval, string stringNeedBig = reaper.GetSetMediaItemTakeInfo_String(
        MediaItem_Take tk, string parmname, string stringNeedBig, boolean setNewValue)"""
        assert name == "P_NAME"
        if is_set:
            take.name = text
        return True, take.name

    def TakeIsMIDI(self, take: Take) -> bool:  # noqa: N802
        """boolean reaper.TakeIsMIDI(MediaItem_Take take)"""
        return take.source is not None and take.source.kind == "MIDI"

    def MIDI_CountEvts(self, take: Take) -> tuple[int, int, int, int]:  # noqa: N802
        """integer retval, integer notecnt, integer ccevtcnt, integer textsyxevtcnt =
        reaper.MIDI_CountEvts(MediaItem_Take take)"""
        return len(take.notes), len(take.notes), 0, 0

    def MIDI_GetNote(self, take: Take, place: int) -> tuple[Any, ...]:  # noqa: N802
        """boolean retval, boolean selected, boolean muted, number startppqpos, number endppqpos,
        integer chan, integer pitch, integer vel = reaper.MIDI_GetNote(MediaItem_Take take, integer
        noteidx)"""
        return (True, *take.notes[place])

    def MIDI_InsertNote(  # noqa: N802
        self, take: Take, selected: bool, muted: bool, start: float, end: float, channel: int,
        pitch: int, velocity: int, no_sort: bool,
    ) -> bool:  # fmt: skip
        """boolean reaper.MIDI_InsertNote(MediaItem_Take take, boolean selected, boolean muted,
        number startppqpos, number endppqpos, integer chan, integer pitch, integer vel, optional
        boolean noSortIn)"""
        assert self.TakeIsMIDI(take), "notes in a take without a MIDI source are lost"
        assert 0 <= channel < 16
        assert 0 <= pitch < 128
        assert 0 < velocity < 128
        assert end > start
        take.notes.append((selected, muted, start, end, channel, pitch, velocity))
        take.is_sorted = not no_sort
        return True

    def MIDI_Sort(self, take: Take) -> None:  # noqa: N802
        """reaper.MIDI_Sort(MediaItem_Take take)"""
        take.notes.sort(key=lambda row: row[2:6])
        take.is_sorted = True

    def MIDI_GetProjQNFromPPQPos(self, take: Take, ppq: float) -> float:  # noqa: N802
        """number reaper.MIDI_GetProjQNFromPPQPos(MediaItem_Take take, number ppqpos)"""
        return self._time_to_qn(take.item.start) + ppq / PPQ

    def MIDI_GetPPQPosFromProjQN(self, take: Take, qn: float) -> float:  # noqa: N802
        """number reaper.MIDI_GetPPQPosFromProjQN(MediaItem_Take take, number projqn)"""
        return (qn - self._time_to_qn(take.item.start)) * PPQ

    # the program ------------------------------------------------------------------

    def ExecProcess(self, command: str, timeout_milliseconds: int) -> str:  # noqa: N802
        """string reaper.ExecProcess(string cmdline, integer timeoutmsec): the exit status, a new
        line, and what was printed"""
        done = subprocess.run(
            shlex.split(command),
            capture_output=True,
            text=True,
            timeout=timeout_milliseconds / 1000,
            check=False,
        )
        return f"{done.returncode}\n{done.stdout}{done.stderr}"

    def GetResourcePath(self) -> str:  # noqa: N802
        """string reaper.GetResourcePath()"""
        return str(self.folder)

    def GetExtState(self, section: str, key: str) -> str:  # noqa: N802
        """string reaper.GetExtState(string section, string key)"""
        return self.state.get((section, key), "")

    def GetUserInputs(  # noqa: N802
        self, title: str, count: int, captions: str, usual: str
    ) -> tuple[bool, str]:
        """boolean retval, string retvals_csv = reaper.GetUserInputs(string title, integer
        num_inputs, string captions_csv, string retvals_csv)"""
        assert len(usual.split("\n")) == count
        self.asked.append(title)
        answer = self.answers.pop(0)
        return (False, usual) if answer is None else (True, answer)

    def ShowMessageBox(self, text: str, title: str, kind: int) -> int:  # noqa: N802
        """integer reaper.ShowMessageBox(string msg, string title, integer type)"""
        self.boxes.append(text)
        return 1

    def defer(self, act: Callable[[], Any]) -> None:
        """boolean retval = reaper.defer(function function)"""
        self.deferred.append(act)

    def Undo_BeginBlock(self) -> None:  # noqa: N802
        """reaper.Undo_BeginBlock()"""
        self.is_open += 1

    def Undo_EndBlock(self, name: str, flags: int) -> None:  # noqa: N802
        """reaper.Undo_EndBlock(string descchange, integer extraflags)"""
        self.is_open -= 1
        self.undo.append(name)

    def PreventUIRefresh(self, count: int) -> None:  # noqa: N802
        """reaper.PreventUIRefresh(integer prevent_count)"""

    def UpdateArrange(self) -> None:  # noqa: N802
        """reaper.UpdateArrange()"""
