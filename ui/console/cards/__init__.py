"""What the console shows, as pure functions from rows to HTML; no Gradio, no store."""
