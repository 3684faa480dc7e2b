groupadd --gid 999 rabbitmq
useradd --uid 999 --gid 999 --home-dir /var/lib/rabbitmq --no-create-home --shell /bin/bash rabbitmq
