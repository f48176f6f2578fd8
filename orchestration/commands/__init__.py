"""One module per command of ``deskhouse``; each adds itself to the application with ``register``."""
