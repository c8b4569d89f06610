# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The skill effect model: prediction, uncertainty, training and the model store."""
