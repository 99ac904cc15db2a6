"""Plugins that come with cshub. They use the public API alone, like everybody else's, and are found by name."""
