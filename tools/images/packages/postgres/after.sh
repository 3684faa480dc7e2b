# Before Debian's wrappers, which look for clusters of the machine.
ln -s /usr/lib/postgresql/17/bin/* /usr/local/bin/
# Just-in-time compilation, which the platform switches off.
rm -rf /usr/lib/postgresql/17/lib/llvmjit* /usr/lib/postgresql/17/lib/bitcode
