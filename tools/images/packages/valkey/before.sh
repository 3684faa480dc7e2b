groupadd --gid 999 valkey
useradd --uid 999 --gid 999 --home-dir /var/lib/valkey --no-create-home --shell /usr/sbin/nologin valkey
