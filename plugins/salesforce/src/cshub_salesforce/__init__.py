"""Reserved for the Salesforce connector, which is not written yet: nothing is registered and nothing is exported."""
