# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Decides where torch comes from, so that no gigabytes of CUDA packages arrive by surprise.

Standard library only, syntax of Python 3.8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import subprocess

BUILDS = ('cpu', 'default')
CPU_INDEX = 'https://download.pytorch.org/whl/cpu'
REQUIREMENT = (
    (Path(__file__).resolve().parent.parent / 'requirements' / 'torch.txt').read_text().strip()
)

_CUDA_PREFIXES = ('nvidia-', 'cuda-', 'triton')


class TorchBuildError(Exception):
    """No suitable build of torch; the message says what to do."""


def needs_cuda(report: Mapping[str, object]) -> bool:
    """Whether pip's installation report of torch names CUDA packages among its requirements."""
    installs = report['install']
    assert isinstance(installs, list)
    return any(
        requirement.lower().startswith(_CUDA_PREFIXES) and 'extra ==' not in requirement
        for install in installs
        for requirement in install['metadata'].get('requires_dist', ())
    )


def _is_small(pip: Sequence[str], source: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether pip finds a build of torch there that needs no CUDA packages (reads metadata)."""
    question = ['install', '--dry-run', '--no-deps', '--quiet', '--report', '-']
    done = subprocess.run(
        [*pip, *question, *source, REQUIREMENT],
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0 and not needs_cuda(json.loads(done.stdout))


def install_arguments(pip: Sequence[str], build: str, environment: Mapping[str, str]) -> list[str]:
    """Returns the arguments of the ``pip install`` that brings torch, reading only metadata.

    Args:
        pip: The pip command of the environment.
        build: ``default`` takes what pip is given, with CUDA packages if they belong to it;
            ``cpu`` takes it only if it needs none, and else the build of PyTorch's CPU index.
        environment: Environment variables for pip.

    Raises:
        TorchBuildError: If ``build`` is ``cpu`` and neither place has such a build.
    """
    if build == 'default':
        return [REQUIREMENT]
    for source in ((), ('--index-url', CPU_INDEX)):
        if _is_small(pip, source, environment):
            return ['--no-deps', *source, REQUIREMENT]
    raise TorchBuildError(
        f'pip finds {REQUIREMENT} only with CUDA packages (several GB), and {CPU_INDEX} gives no '
        'CPU build for this Python: use another one with `make PYTHON=/path/to/python3.11`, or '
        'accept the large download with `make setup TORCH=default`.'
    )
