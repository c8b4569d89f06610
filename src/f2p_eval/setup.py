# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Package f2p_eval."""

from setuptools import find_packages, setup

package_name = 'f2p_eval'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(include=[package_name, f'{package_name}.*']),
    package_data={package_name: ['py.typed', 'templates/*']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{package_name}']),
        (f'share/{package_name}', ['package.xml']),
    ],
    python_requires='>=3.11',
    zip_safe=False,
    maintainer='Fail2Progress developers',
    maintainer_email='maintainers@fail2progress.invalid',
    description='Trials, stories and tables: what the loop is judged by.',
    license='Apache-2.0',
    extras_require={'test': ['pytest', 'hypothesis']},
)
