"""What words may not pass unseen: explicit ones mark a song, slurs and real artists' names bring it to people."""
