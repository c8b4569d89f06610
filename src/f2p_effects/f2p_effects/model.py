# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The ensemble as an ``EffectModel``: the adapter between the network and the rest."""

from __future__ import annotations

from collections.abc import Sequence
import hashlib

import torch

from f2p_core.batch import SceneBatch
from f2p_core.geometry.prisms import kind_indices, make_prisms, Prisms
from f2p_core.relations import ABOVE, CONTACT, INSIDE, relation_margins, RELATION_NAMES
from f2p_effects.config import digested_relations, ModelConfig, require_known_skills
from f2p_effects.contact import contact_probability
from f2p_effects.errors import EffectsError
from f2p_effects.features import Call, make_features, Relations
from f2p_effects.motion import planned_motion
from f2p_effects.network import EffectNetwork
from f2p_effects.outcome import compose, member_relations, Motion
from f2p_effects.protocol import EffectPrediction, ModelState, SkillBatch
from f2p_effects.rollout import advance_state, take_states

_CHUNK_STATES = 400
"""States predicted at a time without gradients: the working set then stays in the caches."""


def geometry_prisms(geometry: SceneBatch) -> Prisms:
    """Returns the prisms of a torch scene batch, fields (S, N, ...)."""
    device, count = geometry.position_m.device, geometry.position_m.shape[0]
    kind = torch.tensor(kind_indices(geometry.kinds), device=device).expand(count, -1)
    fixed = torch.tensor(geometry.fixed, device=device).expand(count, -1)
    return make_prisms(geometry.position_m, geometry.rotation, geometry.dimensions, kind, fixed)


def current_relations(geometry: SceneBatch) -> Relations:
    """Returns the margins the network takes as input."""
    margins = relation_margins(geometry, (INSIDE.name, ABOVE.name))
    return Relations(margins[:, 0], margins[:, 1])


class EnsembleEffectModel:
    """An ``EffectModel`` played by a network ensemble; weights are not changed by using it."""

    kind = 'ensemble'

    def __init__(
        self,
        network: EffectNetwork,
        *,
        version: int = 0,
        relation_names: Sequence[str] = RELATION_NAMES,
    ) -> None:
        require_known_skills(network.config.skill_names, 'the model')
        self._network = network.eval().requires_grad_(False)
        self._version = version
        self._names = tuple(relation_names)
        self._digest = digest_of(network, self._names)

    @property
    def network(self) -> EffectNetwork:
        """The network; copy it before training."""
        return self._network

    @property
    def relation_names(self) -> tuple[str, ...]:
        """Names of the predicted relations."""
        return self._names

    @property
    def skill_names(self) -> tuple[str, ...]:
        """Names of the skills the network was built for."""
        return self._network.config.skill_names

    @property
    def version(self) -> int:
        """Version in the model store; 0 when never stored."""
        return self._version

    @property
    def digest(self) -> str:
        """SHA-256 over configuration, weights and relations, hexadecimal."""
        return self._digest

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self._network.parameters()).device

    def predicting(self, relation_names: Sequence[str]) -> EnsembleEffectModel:
        """Returns the same model predicting other relations; fewer are faster."""
        return EnsembleEffectModel(
            self._network, version=self._version, relation_names=relation_names
        )

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        """Predicts the effect of one skill call in each state; see the Protocol.

        Displacements and relations are those to expect if the motion succeeds.

        Raises:
            EffectsError: If sizes of state and action do not fit together.
        """
        _check(state, action)
        if torch.is_grad_enabled():
            return self._predict(state, action)
        parts = [
            self._predict(take_states(state, rows), SkillBatch(*(f[rows] for f in action)))
            for rows in _chunks(state.geometry.position_m.shape[0])
        ]
        if len(parts) == 1:
            return parts[0]
        joined = [torch.cat(fields, dim=1) for fields in zip(*parts, strict=True)]
        return EffectPrediction(*joined)

    def _predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        geometry, network = state.geometry, self._network
        prisms = geometry_prisms(geometry)
        call = Call(*action)
        names = network.config.skill_names
        planned = planned_motion(prisms, names, *call)
        features = make_features(
            prisms, current_relations(geometry), call, planned, network.config
        )
        output = network(features, network.encoder(state.clouds_object))
        motion = compose(output, features, planned, prisms)
        return EffectPrediction(
            motion.delta_position_m,
            motion.delta_yaw_rad,
            motion.delta_std,
            self._relations(geometry, prisms, motion),
            torch.sigmoid(output.feasible_logit),
        )

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        """Returns the expected next state: poses moved by the ensemble mean."""
        return advance_state(state, prediction)

    def _relations(
        self, geometry: SceneBatch, prisms: Prisms, motion: Motion
    ) -> torch.Tensor:
        """P(relation) per member: analytic but for contact, (E, S, R, N, N)."""
        analytic = tuple(name for name in self._names if name != CONTACT.name)
        parts = dict(
            zip(analytic, member_relations(geometry, motion, analytic).unbind(2), strict=True)
        )
        if CONTACT.name in self._names:
            moved = prisms.moved(motion.delta_position_m, motion.delta_yaw_rad)
            head = self._network.contact
            parts[CONTACT.name] = contact_probability(head, moved, motion.pair_scale_m)
        return torch.stack([parts[name] for name in self._names], dim=2)


def new_model(config: ModelConfig, seed: int) -> EnsembleEffectModel:
    """Returns an untrained model; the seed fixes its weights."""
    return EnsembleEffectModel(EffectNetwork(config, torch.Generator().manual_seed(seed)))


def digest_of(network: EffectNetwork, relation_names: Sequence[str]) -> str:
    """Returns the SHA-256 over configuration, weights and relations, hexadecimal."""
    digest = hashlib.sha256(network.config.digested().encode())
    digest.update(digested_relations(relation_names).encode())
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _chunks(n: int) -> list[slice]:
    return [slice(start, start + _CHUNK_STATES) for start in range(0, n, _CHUNK_STATES)]


def _check(state: ModelState, action: SkillBatch) -> None:
    s, n = state.geometry.position_m.shape[:2]
    if state.clouds_object.shape[:2] != (s, n):
        raise EffectsError(
            f'clouds are of {tuple(state.clouds_object.shape[:2])} (states, objects), the '
            f'geometry of {(s, n)}; give one cloud per object and state'
        )
    for name, field in zip(action._fields, action, strict=True):
        if field.shape[0] != s:
            raise EffectsError(f'{name} has {field.shape[0]} rows for {s} states; give one each')
