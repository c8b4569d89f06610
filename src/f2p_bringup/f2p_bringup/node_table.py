# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The one description of the system; ``f2p up`` and the launch file are two views of it."""

from __future__ import annotations

from typing import NamedTuple


class NodeSpec(NamedTuple):
    """One node.

    Attributes:
        package: ROS package of its executable.
        executable: Name of the executable, also the name of the node.
        is_managed: A lifecycle node; it configures and activates itself (parameter ``autostart``).
        is_simulated: Stands in for a robot; left out where there is a real one.
        uses_models: Reads or writes the model store (parameter ``models_directory``).
        purpose: What it does, in a few words.
    """

    package: str
    executable: str
    is_managed: bool
    is_simulated: bool
    uses_models: bool
    purpose: str

    @property
    def parameters_file(self) -> str:
        """Name of its file in the config folder."""
        return f'{self.executable}.yaml'


NODES = (
    NodeSpec('f2p_sim', 'world', False, True, False, 'the simulated robot and its camera'),
    NodeSpec('f2p_perception', 'perception', False, False, False, 'from clouds to objects'),
    NodeSpec('f2p_sim', 'simulator', True, False, False, 'skills in simulated scenes'),
    NodeSpec('f2p_svi', 'scene_generator', True, False, True, 'scenes and actions by SVGD'),
    NodeSpec('f2p_learning', 'learner', True, False, True, 'from a failure to a better model'),
    NodeSpec('f2p_planner', 'failure_detector', True, False, False, 'did a skill do as predicted'),
    NodeSpec('f2p_planner', 'planner', True, False, True, 'plans, executes, learns, replans'),
)

COMMON_PARAMETERS_FILE = 'common.yaml'
"""Parameters of every node: simulated time."""
