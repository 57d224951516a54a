"""How songs were received by real listeners, as the files say that people download from their services."""
