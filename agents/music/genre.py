"""Finding a genre, with an error a person can act on."""

from configs.genres import Genre, load_genres
from storage.errors import UsageError


def find_genre(name: str) -> Genre:
    """The genre of that name.

    Raises:
        UsageError: there is none; the message lists those there are.
    """
    genres = load_genres()
    if name not in genres:
        raise UsageError(f"unknown genre {name!r}: choose one of {', '.join(genres)}")
    return genres[name]
