# Before Debian's wrappers, which look for clusters of the machine.
ln -s /usr/lib/postgresql/18/bin/* /usr/local/bin/
