#!/bin/sh
# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
#
# Writes requirements/*.txt from requirements/*.in: full freezes with hashes, for Python 3.11 and
# 3.12 on x86_64 Linux. Versions already locked stay unless named: tools/lock.sh [PACKAGE ...]
set -eu
cd "$(dirname "$0")/../requirements"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet uv

versions() { sed -n 's/^\([^ #]*==[^ ]*\).*/\1/p' "$1"; }

# lock NAME [CONSTRAINT ...]: NAME.in -> NAME.txt
lock() {
    name=$1; shift
    upgrade=
    for package in $packages; do upgrade="$upgrade --upgrade-package $package"; done
    for python in 3.11 3.12; do
        # What 3.11 resolved to must hold on 3.12 too.
        [ $python = 3.11 ] || { versions "$name.txt" > "$work/$name"; set -- "$@" -c "$work/$name"; }
        [ $python = 3.11 ] && output=$name.txt || output=$work/$name.txt
        # shellcheck disable=SC2086
        "$work/venv/bin/uv" pip compile --quiet --generate-hashes --no-annotate --no-header \
            --python-version $python --python-platform x86_64-manylinux_2_35 $upgrade "$@" \
            "$name.in" --output-file "$output"
    done
    versions "$work/$name.txt" | cmp - "$work/$name"
}

packages=$*
lock wheels
versions wheels.txt > "$work/all"
grep -v '^numpy==' "$work/all" > "$work/others"
lock ros-machine -c "$work/others"
lock bench -c "$work/all"
# What the cores' tests under numpy 1 need beside the environment of `make`.
awk '/^[^ ]/ { keep = /^numpy==/ } keep' ros-machine.txt > numpy1.txt
