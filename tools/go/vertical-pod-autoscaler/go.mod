module mes.tools/vertical-pod-autoscaler

go 1.26

require k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1
