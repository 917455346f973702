-- What the four actions beside this file share: HTTP to the studio, MIDI files, notes of items.
--
-- The studio (`composer studio`) runs on this machine; its REST interface is described at
-- http://127.0.0.1:8470/api/openapi.json. Requests go out through curl, which comes with Windows 10,
-- macOS and most Linux systems, for REAPER's Lua has no sockets.
--
-- Times are quarter notes of the project (QN): the tempo map and markers stay as they are, and what
-- comes back follows them.

local M = {}

M.EXTENSION = "symbolic-composer"
M.USUAL_ADDRESS = "http://127.0.0.1:8470"
M.TICKS = 960 -- a quarter note, in the MIDI files that we send
local POLL_SECONDS = 0.25
local CURL_MILLISECONDS = 30000

-- JSON ------------------------------------------------------------------------------------------

M.null = setmetatable({}, { __tostring = function() return "null" end })

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local function fail(text, at)
  error("the studio's answer is no JSON (at " .. at .. "): " .. text:sub(1, 60), 0)
end

local decode_value

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function decode_string(text, at)
  local parts, from = {}, at + 1
  while true do
    local stop = text:find('["\\]', from)
    if not stop then fail(text, at) end
    parts[#parts + 1] = text:sub(from, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    local kind = text:sub(stop + 1, stop + 1)
    if kind == "u" then
      local code = tonumber(text:sub(stop + 2, stop + 5), 16)
      if not code then fail(text, stop) end
      from = stop + 6
      if code >= 0xD800 and code < 0xDC00 then
        local low = tonumber(text:match("^\\u(%x%x%x%x)", from) or "", 16)
        if low then
          code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)
          from = from + 6
        end
      end
      parts[#parts + 1] = utf8.char(code)
    else
      if not ESCAPES[kind] then fail(text, stop) end
      parts[#parts + 1] = ESCAPES[kind]
      from = stop + 2
    end
  end
end

local function decode_list(text, at)
  local list = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = decode_value(text, at)
    at = skip(text, at)
    local sign = text:sub(at, at)
    if sign == "]" then return list, at + 1 end
    if sign ~= "," then fail(text, at) end
    at = at + 1
  end
end

local function decode_record(text, at)
  local record = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == "}" then return record, at + 1 end
  while true do
    at = skip(text, at)
    if text:sub(at, at) ~= '"' then fail(text, at) end
    local key
    key, at = decode_string(text, at)
    at = skip(text, at)
    if text:sub(at, at) ~= ":" then fail(text, at) end
    record[key], at = decode_value(text, at + 1)
    at = skip(text, at)
    local sign = text:sub(at, at)
    if sign == "}" then return record, at + 1 end
    if sign ~= "," then fail(text, at) end
    at = at + 1
  end
end

decode_value = function(text, at)
  at = skip(text, at)
  local sign = text:sub(at, at)
  if sign == "{" then return decode_record(text, at) end
  if sign == "[" then return decode_list(text, at) end
  if sign == '"' then return decode_string(text, at) end
  for word, value in pairs({ ["true"] = true, ["false"] = false, null = M.null }) do
    if text:sub(at, at + #word - 1) == word then return value, at + #word end
  end
  local digits = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if not digits or not tonumber(digits) then fail(text, at) end
  return tonumber(digits), at + #digits
end

-- The value of a JSON text; `M.null` for null. Raises an error of one line.
function M.decode(text)
  local value, at = decode_value(text, 1)
  if skip(text, at) <= #text then fail(text, at) end
  return value
end

-- The JSON text of a string, number, boolean, list (a table with a field 1, or empty) or record.
function M.encode(value)
  local kind = type(value)
  if kind == "string" then
    local safe = value:gsub('[%c"\\]', function(sign)
      return string.format("\\u%04x", sign:byte())
    end)
    return '"' .. safe .. '"'
  elseif kind == "number" then
    return math.type(value) == "integer" and tostring(value) or string.format("%.10g", value)
  elseif kind == "boolean" then
    return tostring(value)
  elseif value[1] ~= nil then
    local parts = {}
    for _, one in ipairs(value) do parts[#parts + 1] = M.encode(one) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local parts = {}
  for key, one in pairs(value) do parts[#parts + 1] = M.encode(key) .. ":" .. M.encode(one) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

-- HTTP ------------------------------------------------------------------------------------------

-- Where the studio is: what was set once, or the usual address.
function M.address()
  local set = reaper.GetExtState(M.EXTENSION, "address")
  return set ~= "" and set or M.USUAL_ADDRESS
end

local function scratch(name)
  return reaper.GetResourcePath() .. "/" .. M.EXTENSION .. "-" .. name .. ".tmp"
end

local function write_file(path, data)
  local file, why = io.open(path, "wb")
  if not file then error("cannot write " .. path .. ": " .. tostring(why), 0) end
  file:write(data)
  file:close()
end

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local data = file:read("a")
  file:close()
  return data
end

local function quoted(text) -- for a configuration file of curl
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

-- Ask the studio; `body` is a table (sent as JSON), bytes, or nil. The answer as a value.
-- Raises an error of one line: what curl says, or what the studio says.
function M.ask(method, path, body)
  local config, sent, answer = scratch("curl"), scratch("sent"), scratch("answer")
  local lines = {
    "silent", "show-error", "request = " .. method, "url = " .. quoted(M.address() .. path),
    "output = " .. quoted(answer), 'write-out = "%{http_code}"', "max-time = 25",
    'noproxy = "*"',
  }
  if body ~= nil then
    local is_bytes = type(body) == "string"
    write_file(sent, is_bytes and body or M.encode(body))
    lines[#lines + 1] = "data-binary = " .. quoted("@" .. sent)
    lines[#lines + 1] = "header = " .. quoted(
      "Content-Type: " .. (is_bytes and "application/octet-stream" or "application/json"))
  end
  write_file(config, table.concat(lines, "\n") .. "\n")
  os.remove(answer)
  local told = reaper.ExecProcess('curl --config "' .. config .. '"', CURL_MILLISECONDS)
  local text = read_file(answer)
  os.remove(config); os.remove(sent); os.remove(answer)
  local status, words = (told or ""):match("^(%-?%d+)\r?\n?(.*)$")
  if status ~= "0" then
    local why = (words or "curl was not found"):gsub("%s+", " ")
    error("no studio at " .. M.address() .. " (start it with `composer studio`): " .. why, 0)
  end
  local value = M.decode(text)
  local code = tonumber(words:match("%d+"))
  if code >= 400 then error(tostring(value.error), 0) end
  return value
end

-- Wait for a job without stopping REAPER, then call `done(job)`. A failed one is shown.
function M.when_done(job, done)
  local due = 0
  local function look()
    if reaper.time_precise() >= due then
      due = reaper.time_precise() + POLL_SECONDS
      job = M.ask("GET", "/api/jobs/" .. job.id)
      if job.state == "failed" or job.state == "cancelled" then error(job.error, 0) end
      if job.state == "done" then return done(job) end
    end
    reaper.defer(function() M.guarded(look) end)
  end
  look()
end

-- Do something, and show what goes wrong in a box, as one line.
function M.guarded(act)
  local is_well, why = pcall(act)
  if not is_well then
    reaper.ShowMessageBox(tostring(why), "Symbolic composer", 0)
  end
end

-- One step of REAPER's undo history.
function M.as_one_step(name, act)
  reaper.Undo_BeginBlock()
  reaper.PreventUIRefresh(1)
  local is_well, why = pcall(act)
  reaper.PreventUIRefresh(-1)
  reaper.UpdateArrange()
  reaper.Undo_EndBlock(name, -1)
  if not is_well then error(why, 0) end
end

-- The project ------------------------------------------------------------------------------------

-- The bars between two times in seconds: first and last as measures of the project (from 0), where
-- they begin and end in QN, meter, and tempo in quarter notes a minute. Raises an error where the meter changes inside.
function M.bars_between(start_seconds, end_seconds)
  local _, first = reaper.TimeMap2_timeToBeats(0, start_seconds + 1e-6)
  local _, last = reaper.TimeMap2_timeToBeats(0, end_seconds - 1e-6)
  local _, start_qn, _, above, below = reaper.TimeMap_GetMeasureInfo(0, first)
  local quarter_seconds = reaper.TimeMap2_QNToTime(0, start_qn + 1)
    - reaper.TimeMap2_QNToTime(0, start_qn)
  local end_qn
  for measure = first, last do
    local _, _, qn, own_above, own_below = reaper.TimeMap_GetMeasureInfo(0, measure)
    if own_above ~= above or own_below ~= below then
      error("the meter changes inside these bars; select bars of one meter", 0)
    end
    end_qn = qn
  end
  return {
    first = first, last = last, count = last - first + 1, start_qn = start_qn, end_qn = end_qn,
    above = above, below = below, tempo = 60 / quarter_seconds,
  }
end

-- The time selection in seconds; nil where there is none.
function M.selection()
  local from, to = reaper.GetSet_LoopTimeRange(false, false, 0, 0, false)
  if to > from then return from, to end
  return nil
end

-- The selected items with MIDI in their active take, in order, with their notes.
function M.selected_items()
  local items = {}
  for place = 0, reaper.CountSelectedMediaItems(0) - 1 do
    local item = reaper.GetSelectedMediaItem(0, place)
    local take = reaper.GetActiveTake(item)
    if take and reaper.TakeIsMIDI(take) then
      local notes = M.notes_of(take)
      if #notes > 0 then
        local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
        local track = reaper.GetMediaItem_Track(item)
        local _, name = reaper.GetSetMediaTrackInfo_String(track, "P_NAME", "", false)
        items[#items + 1] = {
          item = item, take = take, track = track, name = name, notes = notes, start = start,
          stop = start + reaper.GetMediaItemInfo_Value(item, "D_LENGTH"),
        }
      end
    end
  end
  if #items == 0 then error("select at least one item with MIDI notes", 0) end
  return items
end

-- The notes of a take that sound: {start and stop in QN, channel, pitch, velocity}.
function M.notes_of(take)
  local notes = {}
  local _, count = reaper.MIDI_CountEvts(take)
  for place = 0, count - 1 do
    local _, _, is_muted, start, stop, channel, pitch, velocity = reaper.MIDI_GetNote(take, place)
    if not is_muted then
      notes[#notes + 1] = {
        start = reaper.MIDI_GetProjQNFromPPQPos(take, start),
        stop = reaper.MIDI_GetProjQNFromPPQPos(take, stop),
        channel = channel, pitch = pitch, velocity = velocity,
      }
    end
  end
  return notes
end

-- The bars that items take up, from the first to the last.
function M.bars_of_items(items)
  local start, stop = math.huge, -math.huge
  for _, one in ipairs(items) do
    start, stop = math.min(start, one.start), math.max(stop, one.stop)
  end
  return M.bars_between(start, stop)
end

-- Write notes into a take; `origin_qn` is where their piece begins in the project.
function M.insert_notes(take, part, piece, origin_qn, from_tick)
  local quarter, channel = piece.ticks_per_quarter, part.is_drums and 9 or 0
  for _, note in ipairs(part.notes) do
    local onset, length, pitch, velocity = note[1], note[2], note[3], note[4]
    if onset >= (from_tick or 0) then
      local start = reaper.MIDI_GetPPQPosFromProjQN(take, origin_qn + onset / quarter)
      local stop = reaper.MIDI_GetPPQPosFromProjQN(take, origin_qn + (onset + length) / quarter)
      if velocity == 0 then velocity = 80 end
      reaper.MIDI_InsertNote(take, false, false, start, stop, channel, pitch, velocity, true)
    end
  end
  reaper.MIDI_Sort(take)
end

-- A new item with notes on a track, between two places in QN.
function M.new_item(track, from_qn, to_qn, part, piece, origin_qn, from_tick)
  local item = reaper.CreateNewMIDIItemInProj(
    track, reaper.TimeMap2_QNToTime(0, from_qn), reaper.TimeMap2_QNToTime(0, to_qn), false)
  M.insert_notes(reaper.GetActiveTake(item), part, piece, origin_qn, from_tick)
  return item
end

-- A new track at the end, with a name.
function M.new_track(name)
  local place = reaper.CountTracks(0)
  reaper.InsertTrackAtIndex(place, true)
  local track = reaper.GetTrack(0, place)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  return track
end

-- MIDI files -------------------------------------------------------------------------------------

local function variable_length(number)
  local bytes = string.char(number & 0x7F)
  number = number >> 7
  while number > 0 do
    bytes = string.char(0x80 | (number & 0x7F)) .. bytes
    number = number >> 7
  end
  return bytes
end

local function track_bytes(events)
  table.sort(events, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.order < b.order
  end)
  local parts, now = {}, 0
  for _, event in ipairs(events) do
    parts[#parts + 1] = variable_length(event.at - now) .. event.bytes
    now = event.at
  end
  local body = table.concat(parts)
  return "MTrk" .. string.pack(">I4", #body) .. body
end

local function meta(kind, data)
  return string.char(0xFF, kind) .. variable_length(#data) .. data
end

local function power_of_two(number)
  local power = 0
  while 1 << power < number do power = power + 1 end
  return power
end

-- A MIDI file (type 1) of items, a track each in their order, with the meter and the tempo of
-- `bars`; tick 0 is where they begin, and the file ends where they do.
function M.midi_of(items, bars)
  local last = math.floor((bars.end_qn - bars.start_qn) * M.TICKS + 0.5)
  local function ending() return { at = last, order = 9, bytes = meta(0x2F, "") } end
  local tracks = { track_bytes({
    { at = 0, order = 0, bytes = meta(0x58, string.char(bars.above, power_of_two(bars.below), 24, 8)) },
    { at = 0, order = 1, bytes = meta(0x51,
        string.pack(">I3", math.floor(60000000 / bars.tempo + 0.5))) },
    ending(),
  }) }
  for place, one in ipairs(items) do
    local events = { { at = 0, order = 0, bytes = meta(0x03, one.name) }, ending() }
    for _, note in ipairs(one.notes) do
      local start = math.floor((note.start - bars.start_qn) * M.TICKS + 0.5)
      local stop = math.min(last, math.floor((note.stop - bars.start_qn) * M.TICKS + 0.5))
      local channel = note.channel == 9 and 9 or (place - 1) % 9
      if start >= 0 and stop > start then
        events[#events + 1] = { at = start, order = 2,
          bytes = string.char(0x90 | channel, note.pitch, math.max(1, note.velocity)) }
        events[#events + 1] = { at = stop, order = 1,
          bytes = string.char(0x80 | channel, note.pitch, 0) }
      end
    end
    tracks[#tracks + 1] = track_bytes(events)
  end
  return "MThd" .. string.pack(">I4I2I2I2", 6, 1, #tracks, M.TICKS) .. table.concat(tracks)
end

-- What the actions do ----------------------------------------------------------------------------

-- Ask the user for words; nil where the box is closed. `fields` are {caption, usual value}.
function M.ask_user(title, fields)
  local captions, usual = {}, {}
  for _, field in ipairs(fields) do
    captions[#captions + 1] = field[1]
    usual[#usual + 1] = field[2]
  end
  captions[#captions + 1] = "extrawidth=120"
  captions[#captions + 1] = "separator=\n"
  local is_said, answers = reaper.GetUserInputs(
    title, #fields, table.concat(captions, ","), table.concat(usual, "\n"))
  if not is_said then return nil end
  local words = {}
  for word in (answers .. "\n"):gmatch("(.-)\n") do
    words[#words + 1] = word:match("^%s*(.-)%s*$")
  end
  return words
end

local function without_empty(fields)
  local kept = {}
  for name, value in pairs(fields) do
    if value ~= nil and value ~= "" then kept[name] = value end
  end
  return kept
end

-- Compose into the time selection: a track a part, in the meter and tempo that are there.
function M.compose()
  local from, to = M.selection()
  if not from then error("select the bars to fill (a time selection) first", 0) end
  local bars = M.bars_between(from, to)
  local words = M.ask_user("Compose " .. bars.count .. " bars", {
    { "Style", "" }, { "Mood", "" }, { "Ensemble", "" }, { "Key", "" }, { "Seed", "" },
  })
  if not words then return end
  local job = M.ask("POST", "/api/compose", without_empty({
    fields = without_empty({
      style = words[1], mood = words[2], ensemble = words[3], key = words[4], bars = bars.count,
      meter = string.format("%d/%d", bars.above, bars.below), tempo = bars.tempo,
    }),
    seed = tonumber(words[5]),
  }))
  M.when_done(job, function(finished)
    local chosen = finished.result.candidates[finished.result.chosen + 1]
    local piece = M.ask("GET", "/api/pieces/" .. chosen.piece)
    M.as_one_step("Compose " .. bars.count .. " bars", function()
      for _, part in ipairs(piece.parts) do
        M.new_item(M.new_track(part.name), bars.start_qn, bars.end_qn, part, piece, bars.start_qn)
      end
    end)
  end)
end

-- Send items to the studio as a new work; the bars they take up, and the work.
local function upload(items)
  local bars = M.bars_of_items(items)
  return bars, M.ask("POST", "/api/uploads?name=reaper.mid", M.midi_of(items, bars))
end

-- Let the engine write, then call `done(pieces)` with the new versions' pieces, in order.
local function write(work, verb, request, done)
  local before = {}
  for _, version in ipairs(work.versions) do before[version.number] = true end
  local job = M.ask("POST", "/api/works/" .. work.id .. "/verbs/" .. verb, request)
  M.when_done(job, function()
    local pieces = {}
    for _, version in ipairs(M.ask("GET", "/api/works/" .. work.id).versions) do
      if not before[version.number] then
        pieces[#pieces + 1] = M.ask("GET", "/api/pieces/" .. version.piece)
      end
    end
    done(pieces)
  end)
end

local function check_parts(piece, items)
  if #piece.parts ~= #items then
    error("the studio reads " .. #piece.parts .. " parts in " .. #items .. " items; " ..
      "select items that play one part each", 0)
  end
end

-- A new take of an item, empty, for MIDI, as long as the others.
local function new_take(item, name)
  local take = reaper.AddTakeToMediaItem(item)
  reaper.SetMediaItemTake_Source(take, reaper.PCM_Source_CreateFromType("MIDI"))
  reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", name, true)
  return take
end

-- Rewrite the selected bars (the time selection, or all) of the selected items: three alternatives,
-- each a take of its own. What was there stays as the first take, and stays what plays.
function M.rewrite(alternatives)
  local items = M.selected_items()
  local bars, work = upload(items)
  local from, to = M.selection()
  local chosen = from and M.bars_between(from, to) or bars
  local first = math.max(chosen.first, bars.first) - bars.first + 1
  local last = math.min(chosen.last, bars.last) - bars.first + 1
  if last < first then error("the time selection lies outside the selected items", 0) end
  local request = {
    arguments = { first_bar = first, last_bar = last }, alternatives = alternatives or 3,
  }
  write(work, "infill", request, function(pieces)
    M.as_one_step("Rewrite bars " .. first .. "-" .. last, function()
      for number, piece in ipairs(pieces) do
        check_parts(piece, items)
        for place, one in ipairs(items) do
          local take = new_take(one.item, "alternative " .. number)
          M.insert_notes(take, piece.parts[place], piece, bars.start_qn)
        end
      end
    end)
  end)
end

-- Continue the selected items: new items behind them on their tracks.
function M.continue()
  local items = M.selected_items()
  local words = M.ask_user("Continue", { { "Bars", "8" }, { "Style", "" }, { "Mood", "" } })
  if not words then return end
  local count = math.tointeger(tonumber(words[1]))
  if not count or count < 1 then error("give how many bars, such as 8", 0) end
  local bars, work = upload(items)
  local arguments = without_empty({ bars = count, style = words[2], mood = words[3] })
  write(work, "continue", { arguments = arguments }, function(pieces)
    local piece = pieces[1]
    check_parts(piece, items)
    local length = bars.end_qn - bars.start_qn
    local end_qn = bars.start_qn + piece.end_tick / piece.ticks_per_quarter
    M.as_one_step("Continue by " .. count .. " bars", function()
      for place, one in ipairs(items) do
        M.new_item(one.track, bars.end_qn, end_qn, piece.parts[place], piece, bars.start_qn,
          math.floor(length * piece.ticks_per_quarter + 0.5))
      end
    end)
  end)
end

-- Write parts under the melody of the selected items, each on a new track.
function M.harmonize()
  local items = M.selected_items()
  local words = M.ask_user("Harmonize", {
    { "Ensemble", "" }, { "Style", "" }, { "Mood", "" }, { "Chords (Dm7 G7 | C)", "" },
  })
  if not words then return end
  local arguments = without_empty({
    ensemble = words[1], style = words[2], mood = words[3], chords = words[4],
  })
  local bars, work = upload(items)
  write(work, "harmonize", { arguments = arguments }, function(pieces)
    local piece = pieces[1]
    M.as_one_step("Harmonize", function()
      for place, part in ipairs(piece.parts) do
        if not M.is_given(part, piece, items, bars) then
          M.new_item(M.new_track(part.name), bars.start_qn, bars.end_qn, part, piece,
            bars.start_qn)
        end
      end
    end)
  end)
end

-- Whether a part has just the notes of one of the items, which need no second track.
function M.is_given(part, piece, items, bars)
  for _, one in ipairs(items) do
    if #one.notes == #part.notes then
      local heard = {}
      for _, note in ipairs(one.notes) do
        heard[string.format("%.2f %d", note.start - bars.start_qn, note.pitch)] = true
      end
      local is_same = true
      for _, note in ipairs(part.notes) do
        local place = string.format("%.2f %d", note[1] / piece.ticks_per_quarter, note[3])
        is_same = is_same and heard[place] == true
      end
      if is_same then return true end
    end
  end
  return false
end

return M
