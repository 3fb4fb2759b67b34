"""What can be broken, and how it is said."""

#: What can be broken, as the last line of a report counts it.
LOST, DUPLICATED, UNLOGGED, INVENTED, ECHOED = "lost", "duplicated", "unlogged", "invented deletes", "echoes"
KINDS = (LOST, DUPLICATED, UNLOGGED, INVENTED, ECHOED)
#: Whatever else: a clash logged that was none, work left standing, an error that nobody caught.
OTHER = "other"


class Broken(AssertionError):
    """A promise is broken."""

    def __init__(self, kind: str, said: str) -> None:
        super().__init__(kind, said)
        self.kind, self.said = kind, said

    def __str__(self) -> str:
        return f"{self.kind}: {self.said}"
