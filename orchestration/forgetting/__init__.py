"""``deskhouse forget``: a buyer's rows are severed from the buyer in every file of the home, and every number stays."""
