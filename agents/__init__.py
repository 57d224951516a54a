"""Who makes things: one file per role, types in, types out.

In the order of a song's life:

    creator     an artist comes to be: persona, look, genes
    publicist   its calendar: what it makes and posts on which day
    planner     what the next song is about, how fast, in which key and form
    importer    the same for a recording that a person brought
    lyricist    its words
    composer    its notes and its plan in time
    producer    the recording: rendered, mixed, mastered
    critic      what was measured, and how it fits the brief
    painter     the cover and the films
    reflector   what the artist takes from it, before anyone decides
    packager    the release bag
    publisher   the bag to a target, when a person wants it
    evolver     small reversible steps from one artist version to the next
    fixer       proposals for faults of the code itself
    lifecycle   who is promoted, paused, retired
    bandit      which experiment arm is tried next

Roles know no database, no cluster and no screen. Engines and providers live below them: `llm/` for words, `music/`
for sound, `visuals/` for pictures.
"""
