"""Reserved for the Intercom connector, which is not written yet: nothing is registered and nothing is exported."""
