# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Package f2p_replay."""

from setuptools import find_packages, setup

package_name = 'f2p_replay'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(include=[package_name, f'{package_name}.*']),
    package_data={package_name: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{package_name}']),
        (f'share/{package_name}', ['package.xml']),
    ],
    python_requires='>=3.11',
    zip_safe=False,
    maintainer='Fail2Progress developers',
    maintainer_email='maintainers@fail2progress.invalid',
    description='Failures of a robot as bags: recorded, checked, converted, replayed.',
    license='Apache-2.0',
    extras_require={'test': ['pytest', 'hypothesis']},
    entry_points={
        'console_scripts': [
            'recorder = f2p_replay.ros.recorder_node:main',
            'player = f2p_replay.ros.player_node:main',
        ],
    },
)
