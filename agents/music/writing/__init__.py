"""Writing the score, one part a file: arrangement, harmony, melody, counter-line, comping, bass, drums, words' times."""
