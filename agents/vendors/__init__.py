"""What every client of somebody else's HTTP service shares: calls with typed errors, guarded downloads."""
