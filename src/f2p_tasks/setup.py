# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Package f2p_tasks."""

from setuptools import find_packages, setup

package_name = 'f2p_tasks'

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
    description='Tasks: start scenes, goals, acts, and what the model is pretrained on for them.',
    license='Apache-2.0',
    extras_require={'test': ['pytest', 'hypothesis']},
)
