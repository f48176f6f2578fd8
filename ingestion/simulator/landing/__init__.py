"""What the simulated seller keeps in sheets, told as landing files."""
