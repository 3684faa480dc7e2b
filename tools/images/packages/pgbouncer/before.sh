# Whom CloudNativePG runs it as, who can read what the package installs for `postgres`.
groupadd --gid 996 postgres
useradd --uid 998 --gid 996 --home-dir /var/lib/postgresql --no-create-home --shell /usr/sbin/nologin postgres
