-- Write parts under the melody of the selected items.
local folder = debug.getinfo(1, "S").source:match("^@?(.*)[/\\]") or "."
local composer = dofile(folder .. "/composer_library.lua")
composer.guarded(composer.harmonize)
