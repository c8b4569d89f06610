# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What README and docs say exists: commands, names, messages, packages, files; the code runs."""

from __future__ import annotations

import ast
from functools import cache
import importlib
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys

import pytest

from f2p_bringup.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
INTERFACES = ROOT / 'src' / 'f2p_msgs'
README = (ROOT / 'README.md').read_text()
PAGES = sorted([*ROOT.glob('*.md'), *ROOT.glob('docs/*.md'), *ROOT.glob('src/*/README.md')])
CODE = [
    pytest.param(block, id=f'{page.relative_to(ROOT)}-{i}')
    for page in PAGES
    for i, block in enumerate(re.findall(r'```python\n(.*?)```', page.read_text(), re.DOTALL))
]
ANY = '…'

# Name in the README's table → what package.xml or a lock calls it.
NAMED = {
    'rclpy': 'rclpy',
    'torch': 'python3-torch',
    'open3d': 'python3-open3d-pip',
    'numpy': 'python3-numpy',
    'tf-transformations': 'tf_transformations',
    'moveit-py': 'moveit_py',
    'pytest': 'python3-pytest',
}
NOT_USED = {'isaacgym'}


def section(heading: str) -> str:
    """Returns the README's text under a heading, up to the next of its level."""
    match = re.search(
        rf'^(##+) {heading}\n(.*?)(?=^##[^#]|^\1 |\Z)', README, re.DOTALL | re.MULTILINE
    )
    assert match, f'the README has no section {heading!r}'
    return match.group(2)


def rows(text: str) -> list[list[str]]:
    """Returns the cells of a Markdown table without its head."""
    lines = [line for line in text.splitlines() if line.startswith('|')]
    return [[cell.strip() for cell in line.strip('|').split('|')] for line in lines[2:]]


@cache
def messages() -> tuple[str, ...]:
    """Returns all strings in the sources; what is filled in reads ``…``."""
    paths = [*ROOT.glob('src/*/f2p_*/**/*.py'), *ROOT.glob('tools/*.py')]
    found = [(ROOT / 'f2p').read_text()]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.append(''.join(literal(part) for part in node.values))
    return tuple(found)


def literal(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else ANY


def is_said(message: str) -> bool:
    """Whether some string of the sources holds the parts of a message in their order."""
    parts = [re.escape(part.strip()) for part in message.split(ANY) if part.strip()]
    pattern = re.compile('.*'.join(parts), re.DOTALL)
    return any(pattern.search(text) for text in messages())


def is_importable(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        parent, _, last = name.rpartition('.')
        return bool(parent) and hasattr(importlib.import_module(parent), last)
    return True


@pytest.mark.parametrize('code', CODE)
def test_code_compiles_and_its_imports_exist(code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = importlib.import_module(node.module)
            missing = [alias.name for alias in node.names if not hasattr(module, alias.name)]
            assert not missing, f'{node.module} has no {missing}'


def test_the_example_learns(tmp_path: Path) -> None:
    shutil.copytree(ROOT / 'models', tmp_path / 'models')
    shutil.copytree(ROOT / 'examples', tmp_path / 'examples')
    (code,) = re.findall(r'```python\n(.*?)```', section('Use it from Python'), re.DOTALL)
    environment = os.environ | {'OMP_NUM_THREADS': '1'}
    done = subprocess.run(
        [sys.executable, '-c', code],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == 'True', done.stdout


def test_the_help_is_as_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        importlib.import_module('f2p_bringup.cli').main(['--help'])
    assert capsys.readouterr().out in section('Command line')


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist(page: Path) -> None:
    text, makefile = page.read_text(), (ROOT / 'Makefile').read_text()
    targets = set(re.findall(r'^([a-z][a-z0-9-]*):', makefile, re.MULTILINE))
    assert set(re.findall(r'(?:`|^)make ([a-z][a-z0-9-]*)', text, re.MULTILINE)) <= targets
    assert set(re.findall(r'(?:`|\./)f2p ([a-z]+)', text)) <= set(COMMANDS)


def test_options_in_the_table_exist(capsys: pytest.CaptureFixture[str]) -> None:
    table = next(part for part in section('Command line').split('\n\n') if part.startswith('|'))
    for cells in rows(table):
        match = re.match(r'`\./f2p ([a-z]+)', cells[0])
        if match is None:
            continue
        module = importlib.import_module(COMMANDS[match.group(1)].module)
        with pytest.raises(SystemExit):
            module.main(['--help'])
        known = capsys.readouterr().out
        for option in re.findall(r'--[a-z-]+', ' '.join(cells)):
            assert option in known, f'f2p {match.group(1)} has no {option}'


def test_named_packages_are_declared() -> None:
    declared = ''.join(path.read_text() for path in ROOT.glob('src/*/package.xml'))
    named = {cells[0]: cells[1] for cells in rows(section('Packages you may ask about'))}
    assert set(named) == {*NAMED, *NOT_USED}
    for key in NAMED.values():
        assert f'>{key}<' in declared, f'{key} is in no package.xml'
    for package in NOT_USED:
        assert named[package].startswith('**not used yet.**')


@pytest.mark.parametrize('cells', rows(section('Troubleshooting')), ids=lambda cells: cells[0])
def test_messages_are_those_of_the_sources(cells: list[str]) -> None:
    quoted = re.fullmatch(r'`(.*)`', cells[0])
    if quoted is not None:
        assert is_said(quoted.group(1)), f'nothing says {cells[0]}'


def test_the_interface_is_complete() -> None:
    types = ' '.join(cells[2] for cells in rows(section('Interface')))
    for kind in re.findall(r'f2p_msgs/(\w+)', types):
        assert list(INTERFACES.glob(f'*/{kind}.*')), f'f2p_msgs has no {kind}'
    names = set(re.findall(r'\w+', types))
    kinds = {path.stem for kind in ('srv', 'action') for path in INTERFACES.glob(f'{kind}/*')}
    assert kinds <= names, f'not in the table: {sorted(kinds - names)}'


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_modules_and_functions_exist(page: Path) -> None:
    for name in re.findall(r'`(f2p_[a-z]+(?:\.\w+)+)[`(]', page.read_text()):
        assert is_importable(name), f'{page.name} names {name}'


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r'\]\(([^)#:]+)(?:#[^)]*)?\)', page.read_text()):
        assert (page.parent / target).exists(), f'{page.name} links to {target}'
