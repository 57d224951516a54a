"""A rehearsal of the label's decisions: seeded listeners with tastes instead of people, numbers instead of songs.

    listeners   who hears a song, and how likely they are to approve it
    life        one artist's weeks: arm, song, verdict, lifecycle, evolution
    report      what became of the whole roster

What is decided is decided by the product's own functions (agents/lifecycle, bandit, evolver, niches, planning); only
ears and hands are simulated. Nothing of it is ever stored beside what people decided.
"""
