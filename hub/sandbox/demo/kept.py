"""Run a module as the main program until its standard input ends: `python -m hub.sandbox.demo.kept MODULE ARGS...`

Whoever started it holds the other end, and need not live to tell it to stop: it ends also when its starter is killed.
"""

import os
import runpy
import signal
import sys
import threading
import time

#: Seconds to end in order; then it ends anyway.
PATIENCE = 10


def main() -> None:
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    threading.Thread(target=watch, daemon=True).start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def watch() -> None:
    # Not sys.stdin: a thread that waits inside its lock breaks the end of the interpreter.
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    main()
