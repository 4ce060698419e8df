"""Programs from the Python registry that the tests need, each in a venv of its own below .build."""
import os
import pathlib
import subprocess

from harness import ROOT


def place(name, variable):
    """Where the venv of that name is, unless an environment variable says otherwise."""
    return pathlib.Path(os.environ.get(variable) or ROOT / ".build" / name).absolute()


def made_or_there(venv, requirement, module):
    """Makes the venv when it is not there; says why when it cannot, such as without a network."""
    if (venv / "bin/python").exists():
        there = subprocess.run([venv / "bin/python", "-c", f"import {module}"], capture_output=True)
        if there.returncode == 0:
            return None
    for command in (["/usr/bin/python3", "-m", "venv", venv],
                    [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", requirement]):
        try:
            made = subprocess.run(command, capture_output=True, text=True, timeout=180)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if made.returncode != 0:
            return (made.stdout + made.stderr).strip().splitlines()[-1]
    return None
