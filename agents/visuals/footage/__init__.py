"""Stock footage: who has it, what to ask for, which clips to take, and how to cut them to a song.

queries.py → providers/ (by way of shelf.py) → choice.py → runtime/footage.py → reception.py → cutting.py
"""
