# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node executor with MoveIt's double: ``executor_with_moveit.py SCENE TRUTH ROW_S NAMESPACE``.

SCENE is where the kinematic robot starts; after every motion TRUTH says where objects are. A
driver of the robot publishes its joint states.
"""

from __future__ import annotations

from pathlib import Path
import sys

from kinematic_robot import KinematicRobot
from moveit_core_double import World
import moveit_double
from sensor_msgs.msg import JointState

from f2p_core.files import read_scene, write_scene
from f2p_core.pose import upright_pose
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.qos import EVENTS

_STATE_PERIOD_S = 0.02


def main() -> int:
    scene_file, truth_file, row_s = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    scene = read_scene(scene_file)
    world = World(KinematicRobot(scene))
    world.row_s = row_s

    def tell(robot: KinematicRobot) -> None:
        moved = [
            o.model_copy(update={'pose_map': upright_pose(*robot.poses[o.object_id][:3, 3])})
            for o in scene.objects
        ]
        write_scene(truth_file, scene.model_copy(update={'objects': tuple(moved)}))

    world.on_moved = tell
    moveit_double.install(world)
    from f2p_moveit.ros.executor_node import main as run_executor  # noqa: PLC0415

    with BackgroundNode('driver', namespace=sys.argv[4]) as driver:
        publisher = driver.create_publisher(JointState, 'joint_states', EVENTS)

        def publish() -> None:
            joints = world.robot.joints()
            publisher.publish(JointState(name=list(joints), position=list(joints.values())))

        driver.create_timer(_STATE_PERIOD_S, publish)
        return run_executor()


if __name__ == '__main__':
    sys.exit(main())
