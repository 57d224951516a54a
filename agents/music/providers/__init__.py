"""Those who make music elsewhere, one file each, behind agents/music/protocol.py."""
