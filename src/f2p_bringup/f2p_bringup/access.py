# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Who says, hears, serves and asks what: the one table behind the security policy.

A test holds it equal to what the running nodes do, so it can be read as the map of the graph.
"""

from __future__ import annotations

from typing import NamedTuple

from f2p_replay.contract import CONTRACT
from f2p_replay.program import played_name


class Access(NamedTuple):
    """What one participant does, by relative names.

    Attributes:
        publishes, subscribes: Topics.
        serves, requests: Services.
        executes, calls: Actions.
    """

    publishes: tuple[str, ...] = ()
    subscribes: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    executes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()

    def joined(self, other: Access) -> Access:
        """Returns what either of two does, without repetition and in order."""
        pairs = zip(self, other, strict=True)
        return Access(*(tuple(sorted({*mine, *theirs})) for mine, theirs in pairs))


MARKER_LAYERS = ('scene', 'relations', 'particles', 'plan', 'failure')
_MARKERS = tuple(f'markers/{layer}' for layer in MARKER_LAYERS)

_CONTROLLERS = tuple(
    f'{group}_controller/follow_joint_trajectory' for group in ('arm', 'base', 'gripper')
)
_RECORDED = tuple(topic.name.lstrip('/') for topic in CONTRACT)
_PLAYED = tuple(played_name(topic).lstrip('/') for topic in CONTRACT)

NODES_ACCESS = {
    'world': Access(
        publishes=(
            'points', 'depth', 'camera_info', 'labels', 'tf', 'tf_static', 'clock',
            'joint_states', 'world/truth',
        ),
        serves=('world/reset',),
        executes=('execute_skill',),
    ),
    'executor': Access(
        # MoveIt's node shares its process and therefore its keys; as its sources name them.
        publishes=('monitored_planning_scene',),
        subscribes=(
            'tf', 'tf_static', 'joint_states', 'wrench', 'protective_stop',
            'attached_collision_object', 'trajectory_execution_event',
        ),
        serves=('get_planning_scene',),
        executes=('execute_skill',),
        calls=('navigate_to_pose', *_CONTROLLERS),
    ),
    'recorder': Access(
        subscribes=_RECORDED,
        requests=('/rosbag2_recorder/snapshot',),  # where rosbag2 is installed
    ),
    'player': Access(
        publishes=('clock', *_PLAYED),
        serves=('player/pause',),
        requests=('request_learning',),
        executes=('execute_skill',),  # refuses every goal
    ),
    'perception': Access(
        publishes=('scene', 'relations'),
        subscribes=('points', 'depth', 'camera_info', 'labels', 'tf', 'tf_static'),
        serves=('perception/forget',),
    ),
    'simulator': Access(executes=('simulate_skills',)),
    'scene_generator': Access(
        publishes=('generated_scenes',),
        executes=('generate_scenes',),
        calls=('simulate_skills',),
    ),
    'learner': Access(
        publishes=('model_version',),
        subscribes=('failure',),
        serves=('request_learning', 'review_model', 'correct_failure'),
        executes=('learn_from_failure', 'fine_tune'),
        # Requests become goals of its own action: there is one queue.
        calls=('learn_from_failure', 'generate_scenes', 'simulate_skills'),
    ),
    'failure_detector': Access(
        publishes=('failure',),
        subscribes=('scene', 'relations'),
        serves=('check_effect',),
        calls=('generate_scenes', 'simulate_skills'),
    ),
    'planner': Access(
        publishes=('plan', 'prediction'),
        # Of a run it requested it reads progress and result; it starts and cancels none.
        subscribes=(
            'scene', 'relations', 'failure', 'model_version',
            'learn_from_failure/_action/feedback',
        ),
        requests=(
            'check_effect', 'request_learning', 'learn_from_failure/_action/get_result',
        ),
        executes=('achieve_goal',),
        calls=('execute_skill',),
    ),
    'markers': Access(
        publishes=_MARKERS,
        subscribes=('scene', 'relations', 'prediction', 'plan', 'failure', 'generated_scenes'),
    ),
}  # fmt: skip
"""Per node of the node table what it does beside what every node does."""

EVERY_NODE = Access(
    publishes=('/rosout', '/parameter_events', '/diagnostics'),
    subscribes=('clock',),
    serves=(
        '~/describe_parameters', '~/get_parameter_types', '~/get_parameters', '~/list_parameters',
        '~/set_parameters', '~/set_parameters_atomically', '~/get_type_description',
    ),
)  # fmt: skip
"""What rclpy gives every node, its diagnostics, and the simulated time."""

MANAGED_NODE = Access(
    publishes=('~/transition_event',),
    serves=(
        '~/change_state', '~/get_state', '~/get_available_states', '~/get_available_transitions',
        '~/get_transition_graph',
    ),
)  # fmt: skip
"""What a lifecycle node has beside that."""

PEOPLE = {
    'operator': Access(
        subscribes=('failure', 'model_version', '/diagnostics', '/rosout'),
        requests=('review_model', 'correct_failure', 'request_learning', 'perception/forget'),
        calls=('achieve_goal', 'learn_from_failure', 'fine_tune'),
    ),
    'viewer': Access(
        subscribes=(
            'points', 'tf', 'tf_static', 'scene', 'relations', 'prediction', 'plan',
            'failure', 'model_version', 'generated_scenes', *_MARKERS, '/diagnostics', '/rosout',
        ),
    ),
}  # fmt: skip
"""Who sits at the robot: the one gives goals and approves models, the other only looks."""
