-- Continue the selected items: new items behind them.
local folder = debug.getinfo(1, "S").source:match("^@?(.*)[/\\]") or "."
local composer = dofile(folder .. "/composer_library.lua")
composer.guarded(composer.continue)
