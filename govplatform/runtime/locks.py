"""``make lock``: resolve the direct requirements anew into hash-locked files that name no registry."""

import os
import subprocess

from govplatform.runtime.console import Refusal, say
from govplatform.runtime.paths import Paths

FILES = (("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt"))


def lock_requirements(paths: Paths, upgrade: bool) -> None:
    """Write the lock files for every supported Python; with ``upgrade`` to the newest versions."""
    for source, target in FILES:
        say(f"resolving {target}")
        argv = [
            paths.bin("uv"),
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version=3.11",
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-header",
            *(["--upgrade"] if upgrade else []),
            source,
            f"--output-file={target}",
        ]
        env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        done = subprocess.run(argv, cwd=paths.root, env=env, check=False, capture_output=True, text=True)
        if done.returncode:
            raise Refusal(f"resolving {source} failed: {done.stderr.strip()[-2000:]}")
