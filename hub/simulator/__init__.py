"""The real engine in a made-up world: a clock that is moved, systems in memory, people and accidents by seed.

    seed -> a world and a script of moves (histories) -> played (play) -> judged from outside (oracle, ending)

The same seed plays the same history, so that a failure can be replayed, shrunk and read.
"""
