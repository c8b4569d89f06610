# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The security policy is well-formed, as sros2 wants it, and least privilege; no input is code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
import os
from pathlib import Path
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from f2p_bringup.access import NODES_ACCESS, PEOPLE
from f2p_bringup.node_table import NODES
from f2p_bringup.security_policy import granted, main, policy

SECURITY = Path(__file__).parents[1] / 'security'
SOURCES = Path(__file__).resolve().parents[2]
MODULES = sorted(SOURCES.glob('*/f2p_*/**/*.py'))
CHILDREN = {
    'policy': {'enclaves'},
    'enclaves': {'enclave'},
    'enclave': {'profiles'},
    'profiles': {'profile'},
    'profile': {'topics', 'services', 'actions'},
    'topics': {'topic'},
    'services': {'service'},
    'actions': {'action'},
}
ATTRIBUTES = {
    'policy': {'version'},
    'enclave': {'path'},
    'profile': {'ns', 'node'},
    'topics': {'publish', 'subscribe'},
    'services': {'reply', 'request'},
    'actions': {'execute', 'call'},
}
UNSAFE = {
    'pickle', 'cPickle', 'dill', 'cloudpickle', 'marshal', 'shelve', 'joblib',
    'eval', 'exec', 'compile', '__import__', 'os.system', 'os.popen',
    'torch.load', 'torch.jit.load', 'yaml.load', 'yaml.unsafe_load', 'yaml.full_load',
    'yaml.load_all', 'yaml.unsafe_load_all', 'yaml.full_load_all',
}  # fmt: skip
"""Modules and functions that run, or may run, what they are given."""


def walk(element: ET.Element) -> Iterator[ET.Element]:
    """Checks an element against sros2's schema of version 0.2.0, and yields all below it."""
    assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set()), element.tag
    for child in element:
        assert child.tag in CHILDREN.get(element.tag, ()), f'{child.tag} in {element.tag}'
        yield child
        yield from walk(child)


def test_the_file_is_what_the_table_says() -> None:
    mend = 'python -m f2p_bringup.security_policy > src/f2p_bringup/security/policy.xml'
    assert (SECURITY / 'policy.xml').read_text() == policy(), f'run {mend}'


def test_the_policy_keeps_to_the_schema() -> None:
    root = ET.fromstring(policy(('/robot_1', '/robot_2')))
    assert (root.tag, root.attrib) == ('policy', {'version': '0.2.0'})
    for element in walk(root):
        if element.tag in ('topics', 'services', 'actions'):
            assert list(element.attrib.values()) == ['ALLOW']
            assert len(element) > 0
        elif element.tag in ('topic', 'service', 'action'):
            assert element.text


def test_every_participant_has_an_enclave_and_a_profile_per_robot() -> None:
    root = ET.fromstring(policy(('/robot_1', '/robot_2')))
    enclaves = {e.get('path'): e for e in root.iter('enclave')}
    assert set(enclaves) == {f'/f2p/{name}' for name in granted()}
    for path, enclave in enclaves.items():
        profiles = [(p.get('ns'), f'/f2p/{p.get("node")}') for p in enclave.iter('profile')]
        assert profiles == [('/robot_1', path), ('/robot_2', path)]


def test_every_node_of_the_table_has_access_and_nobody_else() -> None:
    assert {spec.executable for spec in NODES} == set(NODES_ACCESS)
    assert not set(NODES_ACCESS) & set(PEOPLE)


def test_the_truth_is_heard_by_nobody_and_the_viewer_only_looks() -> None:
    access = granted()
    assert not any('world/truth' in a.subscribes for a in access.values())
    assert PEOPLE['viewer']._replace(subscribes=()) == ((),) * 6
    movers = {name for name, a in access.items() if 'execute_skill' in a.calls}
    assert movers == {'planner'}


def test_names_hold_no_patterns() -> None:
    names = {name for access in granted().values() for group in access for name in group}
    assert not [name for name in names if set(name) & set('*?[')]


@pytest.mark.parametrize('name', ['robot_1', '/robot 1', '/', ''])
def test_a_namespace_is_checked(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name]) == (0 if name == '/' else 2)
    printed = capsys.readouterr()
    assert ('is no namespace' in printed.err) == (name != '/')


FAKE_ROS2 = """#!/bin/sh
echo "$@" >> "$LOG"
case $2 in
    create_keystore) mkdir -p "$3/enclaves";;
    create_enclave) mkdir -p "$3/enclaves$4"; touch "$3/enclaves$4/key.pem";;
    create_permission) cp "$5" "$3/enclaves$4/permissions.xml";;
esac
"""


def test_the_script_makes_every_enclave_once_and_its_permissions_anew(tmp_path: Path) -> None:
    """``ros2`` is stood in for, since it is on ROS machines only: its calls are looked at."""
    ros2, log = tmp_path / 'ros2', tmp_path / 'log'
    ros2.write_text(FAKE_ROS2)
    ros2.chmod(0o755)
    environment = os.environ | {
        'PATH': f'{tmp_path}:{os.environ["PATH"]}', 'LOG': str(log), 'PYTHON': sys.executable,
    }  # fmt: skip
    keystore = tmp_path / 'key store'
    script = str(SECURITY / 'make_keystore.sh')
    for _ in range(2):
        subprocess.run(
            [script, str(keystore), '/robot_1'], env=environment, check=True, capture_output=True
        )
    verbs = [line.split()[1] for line in log.read_text().splitlines()]
    count = len(granted())
    assert [verbs.count(v) for v in ('create_keystore', 'create_enclave')] == [1, count]
    assert verbs.count('create_permission') == 2 * count
    written = keystore / 'enclaves' / 'f2p' / 'planner' / 'permissions.xml'
    assert written.read_text() == policy(('/robot_1',))


def called_names(tree: ast.AST) -> Iterator[tuple[int, str, ast.AST]]:
    """Yields line, dotted name and node of whatever is imported or called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition('.')[0], node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module.partition('.')[0], node
            yield from ((node.lineno, f'{node.module}.{a.name}', node) for a in node.names)
        elif isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func), node


def complaints(text: str) -> list[str]:
    """Returns what a source text does that could run what it reads."""
    found = []
    for line, name, node in called_names(ast.parse(text)):
        keywords = node.keywords if isinstance(node, ast.Call) else []
        flags = {k.arg for k in keywords if isinstance(k.value, ast.Constant) and k.value.value}
        if name in UNSAFE or flags & {'allow_pickle', 'shell'}:
            found.append(f'{line}: {name}')
    return found


@pytest.mark.parametrize('path', MODULES, ids=lambda p: str(p.relative_to(SOURCES)))
def test_nothing_that_is_read_is_unpickled_or_evaluated(path: Path) -> None:
    assert not complaints(path.read_text())


@pytest.mark.parametrize(
    'text',
    [
        'import pickle',
        'from pickle import loads',
        'import torch\ntorch.load(path)',
        'from torch import load',
        'yaml.load(text, Loader=yaml.Loader)',
        'np.load(path, allow_pickle=True)',
        'eval(goal.expression)',
        'subprocess.run(text, shell=True)',
    ],
)
def test_the_search_finds_what_it_is_for(text: str) -> None:
    assert complaints(text)
    assert not complaints('model.eval()\nyaml.safe_load(text)\nnp.load(path)\nre.compile(text)')
