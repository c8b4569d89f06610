# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p models list``, and ``show``, ``activate``, ``reject`` or ``rollback`` VERSION."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from getpass import getuser

from f2p_bringup.commands.options import add_models_option
from f2p_effects.errors import EffectsError
from f2p_effects.records import StoredModel
from f2p_effects.store import ModelStore

_DECISIONS = {
    'activate': 'use a version',
    'reject': 'note that a version is not wanted',
    'rollback': 'go back to a version that was in use before',
}


def main(arguments: Sequence[str]) -> int:
    """Lists and shows versions of the effect model, or says which one is wanted."""
    parser = argparse.ArgumentParser(prog='f2p models', description=main.__doc__)
    add_models_option(parser)
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    actions.add_parser('list', help='one line per version')
    show = actions.add_parser('show', help='all that is known of a version')
    show.add_argument('version', type=int)
    for name, text in _DECISIONS.items():
        decide = actions.add_parser(name, help=text)
        decide.add_argument('version', type=int)
        decide.add_argument('--who', default=getuser(), help='who decides (%(default)s)')
        decide.add_argument('--why', default='', help='why, in your words')
    options = parser.parse_args(arguments)
    store = ModelStore(options.models)
    if options.action == 'list':
        _list(store)
    elif options.action == 'show':
        print(store.record(options.version).model_dump_json(indent=1))
    else:
        decision = {
            'activate': store.activate,
            'reject': store.reject,
            'rollback': store.roll_back,
        }[options.action]
        record = decision(options.version, who=options.who, why=options.why)
        state = store.standing(record.version).state
        print(f'version {record.version} ({record.digest[:12]}) is {state}')
    return 0


def _list(store: ModelStore) -> None:
    models = store.list_models()
    try:
        store.active_record()
    except EffectsError as error:
        print(error)
    if not models:
        print(f'no models in {store.directory}; run `f2p pretrain`')
    for model in models:
        print(_line(model, '' if model.record is None else _state(store, model.version)))


def _state(store: ModelStore, version: int) -> str:
    """How a version stands; where the word about it is damaged, nobody knows."""
    try:
        return store.standing(version).state
    except EffectsError:
        return 'unknown'


def _line(model: StoredModel, state: str) -> str:
    mark = '*' if model.active else ' '
    if model.record is None:
        return f'{mark} {model.version:>4}  unreadable: {model.problem}'
    parent = f'from {model.record.parent[:12]}' if model.record.parent else 'pretrained'
    return f'{mark} {model.version:>4}  {model.record.digest[:12]}  {state:<8}  {parent}'
