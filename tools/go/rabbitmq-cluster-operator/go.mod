module mes.tools/rabbitmq-cluster-operator

go 1.26

require github.com/rabbitmq/cluster-operator/v2 v2.20.0
