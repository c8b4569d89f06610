# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p models list | show VERSION | activate VERSION``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from f2p_bringup.commands.options import add_models_option
from f2p_effects.store import ModelStore, StoredModel


def main(arguments: Sequence[str]) -> int:
    """Lists, shows or activates versions of the effect model."""
    parser = argparse.ArgumentParser(prog='f2p models', description=main.__doc__)
    add_models_option(parser)
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    actions.add_parser('list', help='one line per version')
    for name, text in (('show', 'all that is known of a version'), ('activate', 'use a version')):
        actions.add_parser(name, help=text).add_argument('version', type=int)
    options = parser.parse_args(arguments)
    store = ModelStore(options.models)
    if options.action == 'list':
        _list(store)
    elif options.action == 'show':
        print(store.record(options.version).model_dump_json(indent=1))
    else:
        record = store.activate(options.version)
        print(f'version {record.version} ({record.digest[:12]}) is active')
    return 0


def _list(store: ModelStore) -> None:
    models = store.list_models()
    if not models:
        print(f'no models in {store.directory}; run `f2p pretrain`')
    for model in models:
        print(_line(model))


def _line(model: StoredModel) -> str:
    mark = '*' if model.active else ' '
    if model.record is None:
        return f'{mark} {model.version:>4}  unreadable: {model.problem}'
    parent = f'from {model.record.parent[:12]}' if model.record.parent else 'pretrained'
    return f'{mark} {model.version:>4}  {model.record.digest[:12]}  {parent}'
