"""What each page reads of the label, gathered for its cards."""
