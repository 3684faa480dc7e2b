# The user of CloudNativePG's own images; 26 is the group of tape drives.
groupdel tape
groupadd --gid 26 postgres
useradd --uid 26 --gid 26 --home-dir /var/lib/postgresql --no-create-home --shell /bin/bash postgres
# The operator makes the database, not the package.
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
