"""Second computation of the catalogue's numbers: plain Python, no SQL, no project code.

It reads canonical rows (landing files or the canonical tables as rows) and computes obligations,
verdicts, owners, cycles, spans, closings and KPIs event by event. Instants are integers:
microseconds since 1970-01-01 UTC. Durations are whole seconds.
"""
