"""`python -m hub.cli`: the `hub` command, where its script is not on the path."""

from hub.cli.main import main

main(prog_name="hub")
