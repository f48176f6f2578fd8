"""``make superset``: a Superset of its own over the published file, with our datasets, charts and dashboard as code."""
