"""The main job, shown: a Sage CRM and a supplier ERP, and the hub that keeps them in step.

`python -m hub.sandbox.demo` starts both, works the `hub` command as a person would, edits both sides, tells what
became of it, and holds every number it told against what both systems then hold.
"""
