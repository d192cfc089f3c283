"""The virtual environment in which the peers are installed."""

import os
import subprocess
import sys


def enter(venv, requirements):
    """Install the peers of a requirements file and go on in their environment."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(requirements)], check=True)
    if os.path.realpath(sys.prefix) != os.path.realpath(venv):
        # One thread for all that numpy and thinc call: processes share the cores.
        threads = dict.fromkeys(("OMP_NUM_THREADS", "BLIS_NUM_THREADS"), "1")
        os.execve(python, [str(python), *sys.argv], {**os.environ, **threads})
