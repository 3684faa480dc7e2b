#!/bin/bash
# Becomes the holder of a cluster's network, in a network namespace of its own: a bridge that the nodes are attached to, and
# where the control plane serves.
#
#   network.sh FILE CIDR POD-ROUTE…
#
# FILE appears when the network is there. A POD-ROUTE is POD-CIDR=ADDRESS-OF-NODE.
set -euo pipefail

ready=$1 cidr=$2
shift 2
ip link set lo up
ip link add nodes type bridge
ip address add "$cidr" dev nodes
ip link set nodes up
for route; do ip route add "${route%=*}" via "${route#*=}"; done
echo 1 >/proc/sys/net/ipv4/ip_forward
touch "$ready"
exec sleep infinity
