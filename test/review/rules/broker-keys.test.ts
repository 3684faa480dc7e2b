import { unknownSettings } from "../../../review/rules/settings/broker-keys";
import { inventory } from "../../../review/kubernetes/inventory";
import { object, planOf } from "../fixtures";

function problemsOf(config: string): string[] {
  const broker = object("rabbitmq.com/v1beta1", "RabbitmqCluster", "broker", {
    spec: { rabbitmq: { additionalConfig: config } },
  });
  return inventory(planOf([broker]))
    .objects.flatMap(unknownSettings)
    .map(({ message }) => message);
}

it.each([
  "vm_memory_high_watermark.relative = 0.6",
  "disk_free_limit.absolute = 2GB",
  "consumer_timeout = 1800000",
  "cluster_partition_handling = pause_minority",
  "channel_max = 2047",
  "log.console.level = debug",
  "ssl_options.versions.1 = tlsv1.3",
  "default_permissions.configure = .*",
  "listeners.tcp = none\nlisteners.ssl.default = 5671 # AMQP",
])("RabbitMQ takes %j", (config) => {
  expect(problemsOf(config)).toEqual([]);
});

it.each([
  ["consumer_timeut = 1800000", /no setting consumer_timeut; use consumer_timeout: no node of the broker starts/],
  ["vm_memory_high_watermark.relativ = 0.6", /use vm_memory_high_watermark.relative/],
  ["cluster_partition_handling = pause_majority", /is pause_majority, and takes ignore or pause_minority or autoheal/],
  ["amqp_client.ssl_options.depth = -5", /takes a whole number/],
  ["vm_memory_high_watermark_paging_ratio = half", /takes a number/],
  ["channel_max = many", /takes a whole number/],
  ["management.disable_stats = yes", /takes true or false/],
])("RabbitMQ refuses %j", (config, message) => {
  expect(problemsOf(config)).toEqual([expect.stringMatching(message)]);
});
