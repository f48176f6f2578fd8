"""One module for each page: a question in its title, what it is narrowed by, and how it is drawn."""
