"""Reserved for the SatisMeter connector, which is not written yet: nothing is registered and nothing is exported."""
