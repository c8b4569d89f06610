# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node executor with MoveIt's double: ``executor_with_moveit.py SCENE TRUTH [ROW_S]``.

SCENE is where the kinematic robot starts; after every motion TRUTH says where objects are.
"""

from __future__ import annotations

from pathlib import Path
import sys

from kinematic_robot import KinematicRobot
import moveit_double

from f2p_core.files import read_scene, write_scene
from f2p_core.pose import upright_pose


def main() -> int:
    scene_file, truth_file, row_s = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    scene = read_scene(scene_file)
    world = moveit_double.World(KinematicRobot(scene))
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

    return run_executor()


if __name__ == '__main__':
    sys.exit(main())
