# Before Debian's wrappers, which change users and write to files.
ln -s /usr/lib/rabbitmq/bin/* /usr/local/bin/
# Where config.json says that the plugins are: Debian's own path has two folders, of which the command line tools search one.
ln -s /usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins /usr/lib/rabbitmq/plugins
# To standard output, as RabbitMQ's own image does.
mkdir -p /etc/rabbitmq/conf.d
printf 'log.console = true\nlog.file = false\n' >/etc/rabbitmq/conf.d/05-console.conf
