"""What the planner weighs: a person's wishes, the artist's memory, and where genes, critic and experiment steer."""
