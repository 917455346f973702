/**
 * Shapes of what the server says; see /api/openapi.json.
 *
 * @typedef {[onset: number, length: number, pitch: number, velocity: number]} Note in ticks
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} instrument
 * @property {number} program
 * @property {string} role
 * @property {boolean} is_drums
 * @property {Note[]} notes in order of onset, pitch
 *
 * @typedef {object} Piece
 * @property {string} title
 * @property {number} ticks_per_quarter
 * @property {number} end_tick
 * @property {[start: number, length: number][]} bars
 * @property {[tick: number, name: string][]} meters
 * @property {[tick: number, name: string][]} keys
 * @property {[tick: number, quartersPerMinute: number][]} tempi
 * @property {Part[]} parts
 *
 * @typedef {object} Playing
 * @property {[tick: number, seconds: number][]} clock
 * @property {[firstBar: number, lastBar: number, seconds: number][]} spans
 * @property {string[][]} keys a name a span of each part, "" where it is silent
 *
 * @typedef {object} Score
 * @property {string[]} pages
 * @property {[quarters: number, on: string[], off: string[]][]} steps
 *
 * @typedef {object} Facts
 * @property {string | null} key
 * @property {string} form
 * @property {{bar: number, beat: number, symbol: string}[]} chords
 * @property {{valence: number | null, arousal: number | null, word: string | null}} mood
 * @property {number[]} intensity
 *
 * @typedef {object} Version
 * @property {number} number
 * @property {number | null} parent
 * @property {string} label
 * @property {string | null} verb
 * @property {Record<string, any>} arguments
 * @property {number | null} seed
 * @property {number} bars
 * @property {number} notes
 * @property {string} piece
 *
 * @typedef {object} Work
 * @property {string} id
 * @property {string} title
 * @property {number} current
 * @property {Version[]} versions
 * @property {{bars: [number, number], parts: number[], name: string}[]} locks
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {import("./player.js").Mix[]} mix a channel a part, none where nobody mixed
 *
 * @typedef {object} Candidate
 * @property {string} piece
 * @property {string} title
 * @property {number} seconds
 * @property {number} bars
 * @property {number} notes
 * @property {string[]} parts
 * @property {{part: string, share: number}[]} shares
 * @property {{longest_notes: number, human_median_notes: number, human_most_notes: number, too_close: boolean, nearest: string} | null} originality
 * @property {string[]} broken
 *
 * @typedef {object} Job
 * @property {string} id
 * @property {string} kind
 * @property {"waiting" | "working" | "done" | "failed" | "cancelled"} state
 * @property {number} done
 * @property {number} total
 * @property {number} before
 * @property {number} waiting_seconds
 * @property {number} seconds
 * @property {string} error
 * @property {Record<string, any>} about
 * @property {{chosen: number, candidates: Candidate[]} | null} result
 *
 * @typedef {object} Chip
 * @property {string} field
 * @property {string | number} value
 * @property {string} words
 *
 * @typedef {{name: string, label: string, support?: string, parent?: string, section?: string, is_drums?: boolean}} Named
 *
 * @typedef {object} Vocabulary
 * @property {Named[]} styles
 * @property {Named[]} composers
 * @property {{name: string, valence: number, arousal: number}[]} moods
 * @property {Named[]} ensembles
 * @property {Named[]} instruments
 * @property {(Named & {fields: Record<string, string>})[]} presets
 * @property {Named[]} files
 *
 * @typedef {Record<string, string | number | string[]>} Fields
 *
 * @typedef {(string | number)[]} Change
 */

export {};
