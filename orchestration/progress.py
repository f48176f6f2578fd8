"""Progress at the terminal: which step runs, how far it is."""

from __future__ import annotations

import os
from types import TracebackType

from orchestration.terminal import TaskID, Terminal, plain


class ConsoleReporter:
    """Shows steps as they run; one line per finished step stays.

    It writes to a duplicate of standard error, because Dagster redirects the original while a step runs.
    """

    def __init__(self) -> None:
        self._stream = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8")
        self.terminal = Terminal(file=self._stream)
        self._progress = self.terminal.progress()
        self._task: TaskID | None = None
        self._text = ""
        self._is_live = self.terminal.is_live

    def __enter__(self) -> ConsoleReporter:
        if self._is_live:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._finish()
        if self._is_live:
            self._progress.stop()
        self._stream.close()

    def step(self, text: str, total: int | None = None) -> None:
        """Finish the step before and begin one of ``total`` parts."""
        self._finish()
        self._text = plain(text)
        if self._is_live:
            self._task = self._progress.add_task(self._text, total=total or 1)
        else:
            self.terminal.line(text)

    def advance(self, text: str) -> None:
        """One part of the step, named ``text``, is done."""
        if self._task is not None:
            self._progress.update(self._task, advance=1, description=f"{self._text} {plain(text)}")

    def say(self, text: str) -> None:
        """A sentence that stays, such as what is wrong with a file."""
        self.terminal.line(text)

    def _finish(self) -> None:
        if self._task is not None:
            total = self._progress.tasks[-1].total
            self._progress.update(self._task, completed=total, description=self._text)
            self._task = None
