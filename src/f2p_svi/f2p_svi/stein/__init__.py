# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Stein variational gradient descent: kernels, steps, discrepancy. Knows nothing of scenes."""
