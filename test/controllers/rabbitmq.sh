# Runs a node of RabbitMQ in namespaces of its own, as the user of its image: rabbitmq.sh ROOT NODE
# ROOT is the unpacked image, NODE the folder with its settings and data.
set -eu
root=$1 node=$2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$node" "$root/node"
chown -R 999:999 "$node"
# Its names are those of the loopback: it looks its own up.
printf '127.0.0.1 localhost %s\n' "$(hostname)" >"$node/hosts"
mount --bind "$node/hosts" "$root/etc/hosts"
# No exec: this shell stays the first process of the namespace, and dies with who started it. A change of user would undo that.
chroot --userspec=999:999 "$root" env -i HOME=/node LANG=C.UTF-8 PATH=/usr/lib/rabbitmq/bin:/usr/bin:/bin \
  RABBITMQ_PLUGINS_DIR=/usr/lib/rabbitmq/plugins RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_CONFIG_FILE=/node/rabbitmq.conf \
  RABBITMQ_ENABLED_PLUGINS_FILE=/node/enabled_plugins RABBITMQ_MNESIA_BASE=/node/data RABBITMQ_LOG_BASE=/node/log \
  RABBITMQ_PID_FILE=/node/pid rabbitmq-server
exit
