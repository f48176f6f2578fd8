"""A case: one ticket's whole story from the published facts, for whoever has to find out what happened."""
