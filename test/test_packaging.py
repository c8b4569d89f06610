# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What package.xml, setup.py and the folders say of each package agrees."""

from __future__ import annotations

import ast
from functools import cache
import json
from pathlib import Path
import subprocess
import sys
from typing import Any
import xml.etree.ElementTree as ET

import pytest

SOURCES = Path(__file__).resolve().parent.parent / 'src'
PACKAGES = sorted(path.parent for path in SOURCES.glob('*/package.xml'))
PYTHON_PACKAGES = [path for path in PACKAGES if (path / 'setup.py').exists()]

# Import name → rosdep key, where they differ.
KEYS = {
    'PIL': 'python3-pil',
    'jinja2': 'python3-jinja2',
    'markupsafe': 'python3-jinja2',
    'matplotlib': 'python3-matplotlib',
    'moveit': 'moveit_py',
    'mpl_toolkits': 'python3-matplotlib',
    'mujoco': 'python3-mujoco-pip',
    'numpy': 'python3-numpy',
    'open3d': 'python3-open3d-pip',
    'psutil': 'python3-psutil',
    'pydantic': 'python3-pydantic',
    'pytransform3d': 'python3-pytransform3d-pip',
    'rosbags': 'python3-rosbags-pip',
    'scipy': 'python3-scipy',
    'tf2_ros': 'tf2_ros_py',
    'torch': 'python3-torch',
    'transforms3d': 'python3-transforms3d',
    'yaml': 'python3-yaml',
}
WITHOUT_KEY = {  # requirements/ros-machine.txt
    'array_api_compat', 'lz4', 'mcap', 'mink', 'ompl', 'safetensors', 'zstandard'
}  # fmt: skip
OPTIONAL = {'blackjax', 'jax', 'numpyro', 'optax'}  # peers in the benchmarks: bench.txt


def name(path: Path) -> str:
    return path.name


def manifest(package: Path) -> ET.Element:
    return ET.parse(package / 'package.xml').getroot()


@cache
def setup_arguments(package: Path) -> dict[str, Any]:
    """Returns what setup.py passes to ``setup()``."""
    program = (
        'import json, runpy, setuptools\n'
        'setuptools.setup = lambda **arguments: print(json.dumps(arguments))\n'
        'runpy.run_path("setup.py")\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program], cwd=package, capture_output=True, text=True, check=True
    )
    arguments: dict[str, Any] = json.loads(done.stdout)
    return arguments


def imports(package: Path) -> set[str]:
    """Returns the top-level modules that a package imports anywhere, beside its own."""
    found = set()
    for path in package.glob(f'{package.name}/**/*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition('.')[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition('.')[0])
    return found - {package.name} - set(sys.stdlib_module_names) - OPTIONAL - WITHOUT_KEY


def test_all_versions_are_one() -> None:
    versions = {package.name: manifest(package).findtext('version') for package in PACKAGES}
    versions |= {f'{p.name}/setup.py': setup_arguments(p)['version'] for p in PYTHON_PACKAGES}
    assert len(set(versions.values())) == 1, versions


@pytest.mark.parametrize('package', PACKAGES, ids=name)
def test_the_manifest_is_complete(package: Path) -> None:
    root = manifest(package)
    assert root.get('format') == '3'
    assert root.findtext('name') == package.name
    assert root.findtext('license') == 'Apache-2.0'
    assert (root.findtext('description') or '').endswith('.')
    (licence,) = root.findall('license')
    license_file = package / licence.get('file', '')
    assert license_file.read_bytes() == (SOURCES.parent / 'LICENSE').read_bytes()
    assert (package / 'README.md').read_text().startswith(f'# {package.name}\n')


@pytest.mark.parametrize('package', PYTHON_PACKAGES, ids=name)
def test_the_package_can_be_found(package: Path) -> None:
    assert (package / 'resource' / package.name).exists()
    assert (package / package.name / 'py.typed').exists()
    assert manifest(package).findtext('export/build_type') == 'ament_python'


@pytest.mark.parametrize('package', PYTHON_PACKAGES, ids=name)
def test_every_import_is_declared(package: Path) -> None:
    declared = {e.text for e in manifest(package) if e.tag in ('depend', 'exec_depend')}
    missing = {KEYS.get(module, module) for module in imports(package)} - declared
    assert not missing, f'add to {package.name}/package.xml: {sorted(missing)}'


@pytest.mark.parametrize('package', PYTHON_PACKAGES, ids=name)
def test_entry_points_exist(package: Path) -> None:
    scripts = setup_arguments(package).get('entry_points', {}).get('console_scripts', ())
    for script in scripts:
        executable, _, target = script.partition(' = ')
        module, _, function = target.partition(':')
        path = package / Path(*module.split('.')).with_suffix('.py')
        assert path.exists(), f'{executable} starts {module}, which is missing'
        assert f'def {function}(' in path.read_text(), f'{module} has no {function}()'


@pytest.mark.parametrize('package', PYTHON_PACKAGES, ids=name)
def test_data_files_are_installed(package: Path) -> None:
    arguments = setup_arguments(package)
    inside = package / package.name
    patterns = arguments['package_data'][package.name]
    installed = {path for pattern in patterns for path in inside.glob(pattern)}
    installed |= {package / path for _, paths in arguments['data_files'] for path in paths}
    code = ('.py', '.pyc')
    data = {p for p in inside.rglob('*') if p.is_file() and p.suffix not in code}
    data |= {p for folder in ('config', 'launch') for p in package.glob(f'{folder}/*.*')}
    assert data <= installed, f'not installed: {sorted(str(p) for p in data - installed)}'


@pytest.mark.parametrize('folder', ['config', 'launch'])
def test_the_root_shows_what_bringup_installs(folder: str) -> None:
    """One source: relative links, which hold in every checkout."""
    root, source = SOURCES.parent / folder, SOURCES / 'f2p_bringup' / folder
    shown = {path.name: path for path in root.iterdir()}
    assert set(shown) == {p.name for p in source.glob('*.*') if p.suffix in ('.py', '.yaml')}
    for path in shown.values():
        assert path.is_symlink()
        assert not path.readlink().is_absolute()
        assert path.resolve() == source / path.name


def test_who_only_simulates_needs_no_moveit() -> None:
    """REP-149: a dependency with a condition holds where the variable says so."""
    wanted = {e.text for e in manifest(SOURCES / 'f2p_moveit') if e.get('condition') is None}
    assert not [key for key in wanted if key and key.startswith(('moveit', 'nav2', 'pilz'))]
    real = {e.text for e in manifest(SOURCES / 'f2p_moveit') if e.get('condition') is not None}
    assert {'moveit_py', 'nav2_msgs'} <= real
    assert {e.get('condition') for e in manifest(SOURCES / 'f2p_moveit')} == {
        None, '$F2P_ROBOT == real',
    }  # fmt: skip


def test_what_has_no_rosdep_key_is_locked() -> None:
    lock = (SOURCES.parent / 'requirements' / 'ros-machine.txt').read_text()
    for module in WITHOUT_KEY:
        assert f'\n{module.replace("_", "-")}==' in lock
