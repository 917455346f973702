-- Rewrite the selected bars of the selected items: three alternatives as takes.
local folder = debug.getinfo(1, "S").source:match("^@?(.*)[/\\]") or "."
local composer = dofile(folder .. "/composer_library.lua")
composer.guarded(function() composer.rewrite(3) end)
