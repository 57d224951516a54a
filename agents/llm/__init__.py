"""Who writes the words: the protocol, what each task asks for, and the writers behind it."""
