"""`hub init`: a new project folder."""

from pathlib import Path

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def command(asked: Asked, folder: Path) -> None:
    """Make a project folder, ready to be filled in."""
    from hub.config.init import init_project

    made = init_project(folder)
    if asked.json:
        as_json([str(path) for path in made])
        return
    for path in made:
        line(f"made {path}")
    line(f"next: edit {folder}/conf/instances/main.yaml, set the secrets it names ('hub -p {folder} secret set NAME'),")
    line(f"then run 'hub -p {folder} check'")
