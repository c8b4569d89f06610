# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the effect network; stored beside the weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import json
from typing import Annotated

from pydantic import Field

from f2p_core.models import Value
from f2p_core.skill import SKILLS
from f2p_effects.errors import EffectsError

USUAL_KINDS = ('box', 'cylinder', 'sphere', 'cup', 'open_box', 'shelf', 'table')
"""Kinds of shape the effect model is told apart by default, in the order of its input."""

USUAL_RELATIONS = (
    'left', 'right', 'front', 'behind', 'below', 'above', 'contact', 'boundary', 'inside',
)  # fmt: skip
"""Relations the effect model predicts by default, in the order of its output."""

Width = Annotated[int, Field(ge=4, le=1024)]


class ModelConfig(Value):
    """Sizes of the effect network.

    Attributes:
        members: Ensemble members E.
        width: Token width; a multiple of ``heads``.
        layers: Transformer layers.
        heads: Attention heads.
        hidden: Width of the feed-forward part.
        pair_width: Width of the pair features' hidden layer.
        cloud_points: Points per object cloud the encoder is trained with.
        cloud_width: Width of the cloud encoder.
        cloud_latent: Length of the cloud feature.
        contact_hidden: Width of the contact head.
        skill_names: Skills in the order of the one-hot input; those known here by default.
        shape_kinds: Kinds of shape in the order of the one-hot input; of others the model knows
            the geometry only.
    """

    members: Annotated[int, Field(ge=1, le=64)] = 5
    width: Width = 32
    layers: Annotated[int, Field(ge=1, le=8)] = 2
    heads: Annotated[int, Field(ge=1, le=16)] = 2
    hidden: Width = 64
    pair_width: Width = 24
    cloud_points: Annotated[int, Field(ge=8, le=2048)] = 32
    cloud_width: Width = 24
    cloud_latent: Width = 16
    contact_hidden: Width = 16
    skill_names: tuple[str, ...] = Field(default_factory=lambda: SKILLS.names)
    shape_kinds: tuple[str, ...] = USUAL_KINDS

    def digested(self) -> str:
        """Returns what a model's digest covers as JSON; the usual kinds of shape are implied."""
        implied = {'shape_kinds'} if self.shape_kinds == USUAL_KINDS else set()
        return self.model_dump_json(exclude=implied)


def digested_relations(names: Sequence[str]) -> str:
    """Returns what a model's digest covers of its relations; the usual ones are implied."""
    return '' if tuple(names) == USUAL_RELATIONS else json.dumps(list(names))


def require_known_skills(names: Iterable[str], what: str) -> None:
    """Checks that all skills of a model or data set are known here.

    Raises:
        EffectsError: If one is not, naming it and those that are.
    """
    unknown = [name for name in names if name not in SKILLS]
    if unknown:
        raise EffectsError(
            f'{what} is for the skills {", ".join(names)}; {", ".join(unknown)} is not known '
            f'here, where there are {", ".join(SKILLS.names)}; install the package that adds it'
        )
