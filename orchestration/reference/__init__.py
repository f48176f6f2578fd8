"""The generated reference under ``docs/reference``: KPIs, published tables, how they hang together, landing format.

Each page is a function of what is in force in the project (seeds, the parsed dbt project, the canonical contract)
and of the questions written beside it, so that a page can be compared with what it was made from.
``python -m orchestration.reference`` writes the pages; a test fails while one differs.
"""
