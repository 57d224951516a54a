"""What is in the air: one file per source, most trusted first.

    season        the embedded table of months; no call leaves the machine
    listenbrainz  apple  deezer       what is played, by country; no key
    google        interest in a genre by country, through pytrends
    x             how often a word is posted; each call is paid
    spotify       charts, where an app may read them
    chartmetric   lastfm              seams, for whoever has a key

Every source tells `Heard`: words and weights of somebody else. `vocabulary.py` keeps of them what stands in our own
tables, so nothing that was read outside ever reaches a model or a song as text. `weighing.py` joins the sources.
"""
