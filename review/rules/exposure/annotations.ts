import { nearest } from "../../../components/schema/did-you-mean";
import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { brokerSettings, isBroker } from "../../kubernetes/systems";
import { at, textsAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("load-balancers-reach-pods");

const BETA = "service.beta.kubernetes.io/";

/**
 * Annotations of load balancers, one a line: the key, and the words that it takes, `bool`, `int` with bounds, `map`, `cidrs`, or nothing where any text may
 * be right. Sources: pkg/annotations/constants.go of the AWS Load Balancer Controller, its page on annotations of Services and that of the cloud provider
 * of AWS; pkg/consts/consts.go of the cloud provider of Azure; GKE's page on parameters of LoadBalancer Services; MetalLB's page on usage
 */
const ANNOTATIONS = `
service.beta.kubernetes.io/load-balancer-source-ranges cidrs
service.beta.kubernetes.io/aws-load-balancer-type external|nlb|nlb-ip|nlb-instance
service.beta.kubernetes.io/aws-load-balancer-nlb-target-type ip|instance
service.beta.kubernetes.io/aws-load-balancer-name
service.beta.kubernetes.io/aws-load-balancer-scheme internal|internet-facing
service.beta.kubernetes.io/aws-load-balancer-internal bool
service.beta.kubernetes.io/aws-load-balancer-proxy-protocol *
service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group
service.beta.kubernetes.io/aws-load-balancer-ip-address-type ipv4|dualstack
service.beta.kubernetes.io/aws-load-balancer-access-log-enabled bool
service.beta.kubernetes.io/aws-load-balancer-access-log-emit-interval 5|60
service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-name
service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-prefix
service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled bool
service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled bool
service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout int0..3600
service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout int1..4000
service.beta.kubernetes.io/aws-load-balancer-extra-security-groups
service.beta.kubernetes.io/aws-load-balancer-ssl-cert
service.beta.kubernetes.io/aws-load-balancer-ssl-ports
service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy
service.beta.kubernetes.io/aws-load-balancer-backend-protocol tcp|ssl|http|https|udp|tls
service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags
service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold int2..10
service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold int2..10
service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout int2..120
service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval int5..300
service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol tcp|http|https
service.beta.kubernetes.io/aws-load-balancer-healthcheck-port
service.beta.kubernetes.io/aws-load-balancer-healthcheck-path path
service.beta.kubernetes.io/aws-load-balancer-healthcheck-success-codes
service.beta.kubernetes.io/aws-load-balancer-target-group-attributes map
service.beta.kubernetes.io/aws-load-balancer-subnets
service.beta.kubernetes.io/aws-load-balancer-eip-allocations
service.beta.kubernetes.io/aws-load-balancer-eip-allocations-discovery-tags
service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses
service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses
service.beta.kubernetes.io/aws-load-balancer-alpn-policy HTTP1Only|HTTP2Only|HTTP2Optional|HTTP2Preferred|None
service.beta.kubernetes.io/aws-load-balancer-target-node-labels
service.beta.kubernetes.io/aws-load-balancer-attributes map
service.beta.kubernetes.io/aws-load-balancer-security-groups
service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules bool
service.beta.kubernetes.io/aws-load-balancer-inbound-sg-rules-on-private-link-traffic on|off
service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists
service.beta.kubernetes.io/aws-load-balancer-multi-cluster-target-group bool
service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat on|off
service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes
service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity map
service.beta.kubernetes.io/aws-load-balancer-enable-icmp-for-path-mtu-discovery on|off
service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener bool
service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg bool
service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports
service.beta.kubernetes.io/azure-load-balancer-internal bool
service.beta.kubernetes.io/azure-load-balancer-internal-subnet
service.beta.kubernetes.io/azure-load-balancer-mode
service.beta.kubernetes.io/azure-load-balancer-resource-group
service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout int4..100
service.beta.kubernetes.io/azure-load-balancer-enable-high-availability-ports bool
service.beta.kubernetes.io/azure-load-balancer-health-probe-protocol tcp|http|https
service.beta.kubernetes.io/azure-load-balancer-health-probe-interval int5..120
service.beta.kubernetes.io/azure-load-balancer-health-probe-num-of-probe int1..24
service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path path
service.beta.kubernetes.io/azure-load-balancer-disable-tcp-reset bool
service.beta.kubernetes.io/azure-load-balancer-ipv4
service.beta.kubernetes.io/azure-load-balancer-ipv6
networking.gke.io/load-balancer-type Internal
networking.gke.io/internal-load-balancer-allow-global-access bool
networking.gke.io/internal-load-balancer-subnet
networking.gke.io/load-balancer-ip-addresses
networking.gke.io/weighted-load-balancing
cloud.google.com/load-balancer-type Internal|External
cloud.google.com/l4-rbs enabled
cloud.google.com/network-tier Premium|Standard
metallb.io/address-pool
metallb.io/loadBalancerIPs
metallb.io/allow-shared-ip
`;

let table: ReadonlyMap<string, string> | undefined;

/** Keys of load balancers that any of the four may read; with another one nobody does anything. */
const OF_BALANCERS =
  /^(?:service\.(?:beta\.)?kubernetes\.io\/(?:aws|azure)-load-balancer-|networking\.gke\.io\/(?:internal-)?load-balancer-|metallb\.io\/)/;
/** Attributes of one listener have its port in their key. */
const WITH_PORT = /-listener-attributes\.(?:tcp|tls|udp|tcp_udp|quic)-\d+$/i;

/** Annotations of a load balancer: keys that nobody reads, values that nobody takes, and what cuts clients off. */
export function annotationFindings(object: KubeObject, known: Inventory): Finding[] {
  const own = object.kind === "Gateway" ? textsAt(object.spec, "infrastructure", "annotations") : object.annotations;
  const place = object.kind === "Gateway" ? ["spec", "infrastructure", "annotations"] : ["metadata", "annotations"];
  return Object.entries(own).flatMap(([key, value]) => {
    const path = [...place, key];
    table ??= new Map(
      ANNOTATIONS.trim()
        .split("\n")
        .map((line) => {
          const [name = "", takes = ""] = line.split(" ");
          return [name, takes];
        }),
    );
    const takes = table.get(key.replace(/^service\.kubernetes\.io\//, BETA));
    if (takes === undefined) return unknown(object, key, path, [...table.keys()]);
    const problem = valueProblem(takes, value);
    if (problem !== undefined) {
      return [
        error(
          object.resource,
          path,
          `is ${value === "" ? "empty" : value}, and ${problem}: the load balancer is not made, or is made without it`,
        ),
      ];
    }
    return dangers(object, key, value, path, known);
  });
}

function unknown(object: KubeObject, key: string, path: readonly string[], keys: readonly string[]): Finding[] {
  if (WITH_PORT.test(key)) return [];
  const near = nearest(key, keys);
  if (near === undefined && !OF_BALANCERS.test(key)) return [];
  const message = `is no annotation that a load balancer has: nobody reads it; ${near === undefined ? "remove it" : `use ${near}`}`;
  return [(near === undefined ? warning : error)(object.resource, path, message)];
}

const CIDR = /^(?:\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])|[\da-f:]+\/\d{1,3})$/i;

function valueProblem(takes: string, value: string): string | undefined {
  const [, least, most] = /^int(\d+)\.\.(\d+)$/.exec(takes) ?? [];
  if (least !== undefined) {
    const right = /^\d+$/.test(value) && Number(value) >= Number(least) && Number(value) <= Number(most);
    return right ? undefined : `takes a whole number from ${least} to ${most ?? ""}`;
  }
  const parts = value.split(",").map((one) => one.trim());
  switch (takes) {
    case "":
      return undefined;
    case "bool":
      return ["true", "false"].includes(value) ? undefined : "takes true or false";
    case "path":
      return value.startsWith("/") ? undefined : "takes a path, which begins with /";
    case "map":
      return value === "" || parts.every((one) => /^[^=]+=.*$/.test(one)) ? undefined : "takes pairs, as a=b,c=d";
    case "cidrs":
      return parts.every((one) => CIDR.test(one)) ? undefined : "takes blocks of addresses, as 203.0.113.0/24";
    default: {
      const words = takes.split("|");
      return words.some((one) => one.toLowerCase() === value.toLowerCase()) ? undefined : `takes ${words.join(" or ")}`;
    }
  }
}

/** Attributes of target groups of network load balancers. Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html */
const ATTRIBUTES = [
  ...[
    "preserve_client_ip.enabled",
    "proxy_protocol_v2.enabled",
    "stickiness.enabled",
    "stickiness.type",
    "load_balancing.cross_zone.enabled",
  ],
  ...["deregistration_delay.timeout_seconds", "deregistration_delay.connection_termination.enabled"],
  ...["target_health_state.unhealthy.connection_termination.enabled", "target_health_state.unhealthy.draining_interval_seconds"],
  ...[
    "target_group_health.dns_failover.minimum_healthy_targets.count",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage",
  ],
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
];

/** Seconds after which a connection without a byte is cut; heartbeats of AMQP come every 30 s and more. */
const IDLE = 90;

function dangers(object: KubeObject, key: string, value: string, path: readonly string[], known: Inventory): Finding[] {
  const findings: Finding[] = [];
  const attributes = key.endsWith("-target-group-attributes") ? value.split(",").map((one) => one.trim().split("=")) : [];
  for (const [name = ""] of attributes) {
    if (ATTRIBUTES.includes(name) || name === "") continue;
    const near = nearest(name, ATTRIBUTES);
    findings.push(
      error(
        object.resource,
        path,
        `sets ${name}, which is no attribute of a target group: the load balancer is not made; ${near === undefined ? "remove it" : `use ${near}`}`,
      ),
    );
  }
  const proxied =
    (key.endsWith("-proxy-protocol") && value === "*") ||
    attributes.some(([name, is]) => name === "proxy_protocol_v2.enabled" && is === "true");
  if (proxied && !expectsProxy(known)) {
    findings.push(
      error(
        object.resource,
        path,
        "begins each connection with a header of the PROXY protocol, which the pods behind it do not expect: no client connects; remove it",
      ),
    );
  }
  const [, delay] = attributes.find(([name]) => name === "deregistration_delay.timeout_seconds") ?? [];
  if (delay !== undefined && Number(delay) < 10) {
    findings.push(
      warning(
        object.resource,
        path,
        `cuts connections to a pod that goes after ${delay} s, in the middle of what they do; use 300`,
      ),
    );
  }
  if (key.endsWith("-connection-idle-timeout") && Number(value) < IDLE) {
    findings.push(warning(object.resource, path, `is ${value} s: connections are cut between two heartbeats; use 350`));
  }
  return findings;
}

/** Whether the broker or the gateway are told of the PROXY protocol. */
function expectsProxy(known: Inventory): boolean {
  return (
    known.objects.some((one) => isBroker(one) && brokerSettings(one).get("proxy_protocol") === "true") ||
    known
      .ofKind("ClientTrafficPolicy")
      .some(({ spec }) => at(spec, "enableProxyProtocol") === true || at(spec, "proxyProtocol") !== undefined)
  );
}
