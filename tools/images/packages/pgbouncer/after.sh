# Where CloudNativePG looks for it.
ln -s ../sbin/pgbouncer /usr/bin/pgbouncer
# Before Debian's wrapper, which needs Perl.
ln -s /usr/lib/postgresql/18/bin/psql /usr/local/bin/psql
