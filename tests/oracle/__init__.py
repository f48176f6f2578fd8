"""Second computation of the catalogue's numbers: plain Python, no SQL, no project code.

It reads canonical rows (landing files or the canonical tables as rows) and computes obligations,
verdicts, owners, cycles, spans, closings and KPIs event by event. Instants are integers:
microseconds since 1970-01-01 UTC. Durations are whole seconds.

``world`` holds rows, calendars and what held when; ``turns``, ``cycles``, ``quality``, ``money``, ``people``,
``reasons``, ``health`` and ``data`` compute one subject each, with its tests beside it; ``scorecards``, ``coaching``,
``speed`` and ``alerts`` the marts of these names; ``numbers`` puts values into months and scopes and judges them;
``comparison`` lays all of it beside a warehouse.
"""
