"""The console's pages: what Gradio shows of the cards, and what happens when a person acts."""
