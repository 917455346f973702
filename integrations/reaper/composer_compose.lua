-- Compose into the time selection: a track a part, in the project's meter and tempo.
local folder = debug.getinfo(1, "S").source:match("^@?(.*)[/\\]") or "."
local composer = dofile(folder .. "/composer_library.lua")
composer.guarded(composer.compose)
