# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What RViz and Foxglove are told to show is what the nodes publish."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any
import xml.etree.ElementTree as ET

import pytest
import yaml

from f2p_bringup.access import EVERY_NODE, MARKER_LAYERS, NODES_ACCESS
from f2p_core.bags import Bag
from f2p_sim.robot import JOINT_NAMES

PACKAGE = Path(__file__).parents[1]
RVIZ = yaml.safe_load((PACKAGE / 'rviz' / 'f2p.rviz').read_text())
FOXGLOVE = json.loads((PACKAGE / 'foxglove' / 'f2p.json').read_text())
BAGS = sorted(PACKAGE.parents[1].glob('examples/bags/*/metadata.yaml'))
IN_BAGS = {'/depth', '/camera_info', '/failure', '/plan', '/model_version'}
MARKERS = {f'markers/{layer}' for layer in MARKER_LAYERS}
PUBLISHED = {
    name.lstrip('/')
    for access in (EVERY_NODE, *NODES_ACCESS.values())
    for name in access.publishes
}
RVIZ_DISPLAYS = {'Grid', 'TF', 'RobotModel', 'PointCloud2', 'MarkerArray'}
TOPIC_KEYS = {
    '3D': '',
    'Image': '',
    'RawMessages': 'topicPath',
    'DiagnosticSummary': 'topicToRender',
    'RosOut': 'topicToRender',
}
"""Kinds of panels of Foxglove that are used, and the key that names their topic."""


def rviz_topics() -> dict[str, dict[str, Any]]:
    """Returns the topics of all displays, with their QoS."""
    displays = RVIZ['Visualization Manager']['Displays']
    return {d['Topic']['Value']: d['Topic'] for d in displays if 'Topic' in d}


def foxglove_topics() -> Iterator[str]:
    """Yields the topics of all panels, without the path into the message."""
    for panel, config in FOXGLOVE['configById'].items():
        kind = panel.partition('!')[0]
        yield from config.get('topics', ())
        image = config.get('imageMode', {})
        yield from (image[key] for key in ('imageTopic', 'calibrationTopic') if key in image)
        if TOPIC_KEYS[kind]:
            yield config[TOPIC_KEYS[kind]].partition('.')[0]


def placed_panels(layout: Any) -> Iterator[str]:
    """Yields the panels of a layout, which is a tree of pairs."""
    if isinstance(layout, str):
        yield layout
        return
    assert set(layout) == {'direction', 'splitPercentage', 'first', 'second'}
    assert layout['direction'] in ('row', 'column')
    yield from placed_panels(layout['first'])
    yield from placed_panels(layout['second'])


def test_rviz_shows_what_is_published_and_every_layer_of_markers() -> None:
    topics = set(rviz_topics())
    assert topics <= PUBLISHED
    assert topics >= MARKERS


def test_rviz_topics_follow_the_namespace_of_the_robot() -> None:
    assert not [topic for topic in rviz_topics() if topic.startswith('/')]


def test_rviz_listens_to_markers_as_they_are_published() -> None:
    for topic in MARKERS:
        qos = rviz_topics()[topic]
        policies = (qos['Reliability Policy'], qos['Durability Policy'], qos['Depth'])
        assert policies == ('Reliable', 'Transient Local', 1)


def test_rviz_knows_the_displays_and_shows_the_frame_of_everything() -> None:
    manager = RVIZ['Visualization Manager']
    classes = {d['Class'] for d in manager['Displays']}
    assert classes == {f'rviz_default_plugins/{name}' for name in RVIZ_DISPLAYS}
    assert manager['Global Options']['Fixed Frame'] == 'map'


def test_rviz_shows_the_robot_that_its_publisher_describes() -> None:
    displays = RVIZ['Visualization Manager']['Displays']
    (robot,) = (d for d in displays if d['Class'].endswith('/RobotModel'))
    assert robot['Description Source'] == 'Topic'
    assert robot['Description Topic']['Value'] == 'robot_description'
    assert robot['Description Topic']['Durability Policy'] == 'Transient Local'


def test_joints_of_the_simulated_robot_move_every_joint_of_its_description() -> None:
    urdf = ET.parse(PACKAGE / 'config' / 'robots' / 'f2p' / 'robot.urdf').getroot()
    moving = {j.get('name') for j in urdf.iter('joint') if j.get('type') != 'fixed'}
    assert moving == set(JOINT_NAMES)
    assert urdf.find("link[@name='map']") is not None  # its frames hang on that of everything


def test_foxglove_shows_what_is_published_and_every_layer_of_markers() -> None:
    topics = {topic.lstrip('/') for topic in foxglove_topics()}
    assert topics <= PUBLISHED
    assert topics >= MARKERS


@pytest.mark.parametrize('bag', BAGS, ids=lambda path: path.parent.name)
def test_foxglove_shows_a_failure_bag_as_it_is(bag: Path) -> None:
    with Bag(bag.parent) as opened:
        recorded = {topic.name for topic in opened.topics}
    assert recorded >= IN_BAGS
    assert {*foxglove_topics()} >= IN_BAGS


def test_foxglove_places_every_panel_once() -> None:
    assert sorted(placed_panels(FOXGLOVE['layout'])) == sorted(FOXGLOVE['configById'])
