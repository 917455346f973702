"""A show: an audience turns the music, which is always written ahead, and can be made again."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from composer.composing.session.session import Session
from composer.errors import RequestError
from composer.studio.crowd import MOST_VISITORS, PATIENCE_SECONDS, Crowd
from tests.studio.browser import browser
from tests.studio.running import RunningStudio

PHONES = 50


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_mood_of_the_hall_is_the_middle_of_its_dots() -> None:
    """Of those who dragged one; a vote counts once and holds for one phrase."""
    crowd = Crowd(Clock())
    assert crowd.mean is None
    crowd.say("a", 1.0, 0.5)
    crowd.say("b", -0.5, 0.5, "back")
    crowd.say("b", vote="on")
    crowd.say("c", vote="back")
    crowd.say("d", vote="back")
    assert crowd.mean == (0.25, 0.5)
    assert (crowd.count, crowd.votes) == (4, {"back": 2, "on": 1})
    assert crowd.count_votes() == "back"
    assert crowd.count_votes() == "on"
    assert crowd.mean == (0.25, 0.5)


def test_who_says_nothing_has_gone_and_the_hall_has_an_end() -> None:
    """So that nobody can fill the memory."""
    clock = Clock()
    crowd = Crowd(clock)
    for number in range(MOST_VISITORS):
        crowd.say(str(number), 1.0, 1.0)
    with pytest.raises(RequestError, match="500 take part"):
        crowd.say("one more")
    clock.seconds = PATIENCE_SECONDS + 1
    crowd.say("one more", -1.0, -1.0)
    assert (crowd.count, crowd.mean) == (1, (-1.0, -1.0))


def opened(studio: RunningStudio, text: str) -> dict[str, Any]:
    """The show once it has begun."""
    assert studio.ask("POST", "/api/stage/start", {"text": text}).status == 202
    deadline = time.monotonic() + 240
    while not (told := studio.get("/api/stage"))["work"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    show: dict[str, Any] = told
    return show


def say(studio: RunningStudio, **said: Any) -> int:
    return studio.ask("POST", "/api/stage/say", said).status


def test_fifty_phones_turn_what_is_written_next(studio: RunningStudio) -> None:
    """Their mean mood is that of the next phrase, written while two are still ahead, and the show
    replays from its session file."""
    show = opened(studio, "calm piano in D minor")
    phones = [secrets.token_hex(8) for _ in range(PHONES)]
    with ThreadPoolExecutor(16) as pool:
        statuses = pool.map(
            lambda phone: say(studio, visitor=phone, valence=-0.6, arousal=0.7), phones
        )
        assert {*statuses} == {200}
    told = studio.post("/api/stage/at", {"seconds": 0.5})
    assert (told["visitors"], told["mean"]) == (PHONES, [-0.6, 0.7])
    deadline = time.monotonic() + 240
    while len(studio.get(f"/api/works/{show['work']}")["versions"]) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    work = studio.get(f"/api/works/{show['work']}")
    assert work["versions"][1]["verb"] == "continue"
    assert work["versions"][1]["arguments"] == {"mood": "-0.6,0.7", "bars": 4}
    assert work["versions"][work["current"]]["bars"] == 16
    assert studio.get("/api/stage")["late_phrases"] == 0
    saved = studio.folder / "works" / f"{show['work']}.session"
    assert Session.open(saved).replay().note_count > 0
    studio.post("/api/stage/stop")


def test_a_phrase_returns_where_the_machine_is_late(studio: RunningStudio) -> None:
    """At the last phrase that is written there is another one at once: no silence."""
    show = opened(studio, "calm piano in D minor")
    work = studio.get(f"/api/works/{show['work']}")
    bars = work["versions"][0]["bars"]
    end = studio.get(f"/api/pieces/{work['versions'][0]['piece']}/playing")["clock"][-1][1]
    told = studio.post("/api/stage/at", {"seconds": end - 0.5})
    assert told["late_phrases"] == 1
    work = studio.get(f"/api/works/{show['work']}")
    assert work["versions"][work["current"]]["bars"] == bars + 4
    studio.post("/api/stage/stop")


def test_an_audience_may_join_and_no_more(tmp_path: Path) -> None:
    """The code on the wall opens the page of phones; the studio itself stays shut."""
    studio = RunningStudio(tmp_path, "--host", "0.0.0.0", "--stage")
    try:
        token = studio.address.split("token=")[1]
        studio.address = studio.address.split("?")[0].replace("0.0.0.0", "127.0.0.1")
        code = studio.ask("GET", f"/api/stage/code?token={token}")
        assert b"<svg" in code.told
        for path in ("/join", "/api/stage"):
            assert studio.ask("GET", path).status == 403
        assert studio.ask("GET", f"/api/works?token={'x' * 22}").status == 403
    finally:
        studio.stop()


def test_a_wall_and_a_phone(studio: RunningStudio) -> None:
    """In two browsers: a dot that is dragged on one is seen on the other."""
    with browser() as chromium:
        wall, phone = (chromium.new_context().new_page() for _ in range(2))
        wall.goto(f"{studio.address}#stage")
        wall.wait_for_selector(".hall .code")
        phone.goto(f"{studio.address}join")
        phone.click(".disc", position={"x": 60, "y": 60})
        phone.click("[data-vote=back]")
        wall.wait_for_selector("text=/Bring it back: [1-9]/")
        wall.wait_for_selector("text=/Mood of the hall: /")
