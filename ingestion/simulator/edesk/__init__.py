"""eDesk over the simulated world: what the Open API shows of the seller's tickets at an instant.

There is no log of changes: a ticket shows its present state, its timeline one item at a time. Where the interface has
no word for what happened in the world (merges, teams, priorities, deletions by agents), nothing of it is shown.
"""
