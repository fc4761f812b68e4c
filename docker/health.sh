#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Healthy: this container holds an open connection to the broker's port (5671,
# hexadecimal 1627; 01 is ESTABLISHED). A process that lives but cannot reach
# the broker is not healthy.
grep -qs ' [0-9A-F]*:1627 01 ' /proc/net/tcp /proc/net/tcp6
