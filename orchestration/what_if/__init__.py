"""Replays history under other promises in a scratch copy and says what would have been different."""
