# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Package f2p_bringup."""

from glob import glob

from setuptools import find_packages, setup

package_name = 'f2p_bringup'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(include=[package_name, f'{package_name}.*']),
    package_data={package_name: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{package_name}']),
        (f'share/{package_name}', ['package.xml']),
        (f'share/{package_name}/config', glob('config/*.*')),
        (f'share/{package_name}/config/robots', glob('config/robots/*.yaml')),
        (f'share/{package_name}/config/robots/f2p', glob('config/robots/f2p/*')),
        (f'share/{package_name}/models', glob('models/*.safetensors')),
        (f'share/{package_name}/models/v0001', glob('models/v0001/*')),
        (f'share/{package_name}/launch', glob('launch/*.launch.py')),
        (f'share/{package_name}/rviz', ['rviz/f2p.rviz']),
        (f'share/{package_name}/foxglove', ['foxglove/f2p.json']),
        (f'share/{package_name}/security', ['security/policy.xml', 'security/make_keystore.sh']),
    ],
    python_requires='>=3.11',
    zip_safe=False,
    maintainer='Fail2Progress developers',
    maintainer_email='maintainers@fail2progress.invalid',
    description='What starts together: node table, launch files, configuration, f2p.',
    license='Apache-2.0',
    extras_require={'test': ['pytest', 'hypothesis']},
    entry_points={
        'console_scripts': [
            'f2p = f2p_bringup.cli:main',
        ],
    },
)
