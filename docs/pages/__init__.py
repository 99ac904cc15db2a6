"""One module per generated page of the reference; each has a `page()` that returns Markdown."""
