"""The embedded engine: instruments and drums made by arithmetic, a mixing desk, mastering, files. No samples, no model."""
