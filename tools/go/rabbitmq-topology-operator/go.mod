module mes.tools/rabbitmq-topology-operator

go 1.26

require github.com/rabbitmq/messaging-topology-operator v1.20.1
