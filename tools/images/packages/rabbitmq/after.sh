# Before Debian's wrappers, which change users and write to files.
ln -s /usr/lib/rabbitmq/bin/* /usr/local/bin/
# What the left out packages compiled.
rm -rf /usr/lib/python3*
