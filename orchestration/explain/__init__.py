"""From a monthly number to the rows behind it, read from the same models that the number was added up from."""
