"""The `hub` command. Each command imports what it needs when it runs, so that `hub status` is quick."""
