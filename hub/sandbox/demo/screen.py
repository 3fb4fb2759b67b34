"""What the demo prints: coloured on a terminal, plain elsewhere."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

#: Columns where nobody says how many there are.
WIDTH = 120


class Screen:
    """Steps with a heading, sentences, commands with their output. `step`: wait for Enter before each step."""

    def __init__(self, step: bool = False) -> None:
        self.console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
        self.waits = step
        self.steps = 0

    def step(self, title: str) -> None:
        if self.waits:
            self.console.print("\n[dim]Enter goes on[/] ", end="")
            sys.stdout.flush()
            sys.stdin.readline()
        self.steps += 1
        self.console.print(f"\n[bold cyan]{self.steps}. {title}[/]\n")

    def say(self, text: str, style: str = "") -> None:
        """A sentence; what is quoted in it is data and never markup."""
        self.console.print(Padding(Text(text, style), (0, 0, 0, 2), expand=False))

    def item(self, text: str, mark: str = "-", style: str = "") -> None:
        grid = Table.grid(padding=(0, 1))
        grid.add_row(Text(f"  {mark}", style), Text(text))
        self.console.print(grid)

    def good(self, text: str) -> None:
        self.item(text, "✓", "green")

    def bad(self, text: str) -> None:
        self.item(text, "✗", "bold red")

    def command(self, line: str) -> None:
        self.console.print(Text(f"  $ {line}", "bold"), soft_wrap=True)

    def output(self, text: str) -> None:
        """What a command printed, as it is."""
        for line in text.rstrip("\n").split("\n"):
            self.console.print(Text(f"    {line}", "dim"), soft_wrap=True)
        self.console.print()

    def said(self, line: str) -> None:
        """A line of a process that goes on."""
        self.console.print(Text(f"    {line}"), soft_wrap=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        shown = Table(*heads, box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
        for row in rows:
            shown.add_row(*(Text(cell) for cell in row))
        self.console.print(Padding(shown, (0, 0, 0, 2), expand=False))
        self.blank()

    def blank(self) -> None:
        self.console.print()
