# Where CloudNativePG looks for it.
ln -s ../sbin/pgbouncer /usr/bin/pgbouncer
