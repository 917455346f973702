"""How good music, pages and weights are; each file says what it measures and how.

bars_alike.py          how alike two bars are: in pitch classes, in rhythm, in chords
charts.py              small charts as SVG, enough for a report and without a drawing library
chord_agreement.py     how well estimated chords agree with those that people annotated (POP909)
copied_length.py       copying: the longest passage, in notes, that a piece shares with the music
                       trained on
cost.py                cost: seconds of start, notes per second, peak memory; measured in a process
                       of its own
critic_passages.py     twins: a passage that people wrote, and what the model writes in its place
density_and_height.py  texture: how high, how dense and how full the music is
endings.py             endings: does a piece come to rest?
evaluation.py          the whole evaluation of some weights, a report that anyone can make again
evaluation_files.py    what a measure found, on disk: texts in a folder, and JSON that any reader
                       takes
evaluation_text.py     a report of an evaluation in words, tables and charts, written into a folder
exact_seconds.py       exact durations: how far a written MIDI file ends from the seconds that were
                       asked for
groove.py              groove: how alike the rhythms of bars are
judge.py               a judge: a softmax regression that is fitted when something is to be judged,
                       and never shipped
key_agreement.py       how often the key judged by the notes agrees with the signature that was
                       written
likelihood.py          held-out bits per note: of a model, and of a bigram table on the same rows
likeness.py            likeness: how near generated music is to real music of the same style
mood_agreement.py      does the estimate of mood agree with listeners?
mood_judge.py          does music sound in the mood that was asked for?
notation_agreement.py  how near a written score comes to the one that a person engraved, both as
                       MusicXML
obedience.py           obedience: how often each given field is met by what is written
overlap.py             overlap: do two sets of pieces vary alike?
parallels.py           parallel fifths and octaves between parts, and how many chance would write
partner_music.py       the music that the partner verbs are measured on: stretches, spans, melodies,
                       chorales
partner_text.py        the table of the partner verbs as Markdown
partner_trials.py      how well the partner verbs do on held-out music by people
pitch.py               pitch: how many pitch classes are used, and how well they fit one scale
requests.py            requests to judge a model by, and what it makes of them
samples.py             held-out music by people, read from built shards: what generated music is
                       laid beside
span_bits.py           the model's own bits of bars between what stands before and behind them
structure.py           structure: how much of a piece returns, at which distance
style_agreement.py     the classifier of styles: its fit to the training corpora and its accuracy on
                       held-out works
style_judge.py         does music sound in the style that was asked for?
token_baseline.py      bits a note of rows beside those of plain tokens, as `benchmarks/remi.py`
                       measured them
training_log.py        what a training log tells: the curve of held-out bits, and how fast rows were
                       learned
"""
