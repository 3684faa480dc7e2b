import { loadBalancersReachPods } from "../../../review/rules/load-balancers-reach-pods";
import { line, object, planOf } from "../fixtures";

const AWS = "service.beta.kubernetes.io/aws-load-balancer";
const AZURE = "service.beta.kubernetes.io/azure-load-balancer";

function said(annotations: Record<string, string>): string[] {
  const service = object("v1", "Service", "broker-external", {
    metadata: { name: "broker-external", namespace: "mes", annotations },
    spec: { type: "LoadBalancer", selector: {}, ports: [{ port: 5671 }] },
  });
  return loadBalancersReachPods.check(planOf([service])).map(line);
}

it.each<[string, string]>([
  [`${AWS}-type`, "external"],
  [`${AWS}-scheme`, "internet-facing"],
  [`${AWS}-cross-zone-load-balancing-enabled`, "true"],
  [`${AWS}-target-group-attributes`, "preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=120"],
  [`${AWS}-healthcheck-protocol`, "TCP"],
  [`${AWS}-listener-attributes.TCP-5671`, "tcp.idle_timeout.seconds=400"],
  ["service.beta.kubernetes.io/load-balancer-source-ranges", "203.0.113.0/24, 198.51.100.7/32"],
  [`${AZURE}-tcp-idle-timeout`, "30"],
  ["networking.gke.io/load-balancer-type", "Internal"],
  ["metallb.io/address-pool", "production"],
  ["example.com/owner", "operations"],
  ["external-dns.alpha.kubernetes.io/hostname", "broker.example.com"],
])("takes %s: %s", (key, value) => {
  expect(said({ [key]: value })).toEqual([]);
});

it.each<[string, string, RegExp]>([
  [`${AWS}-schema`, "internet-facing", /^error .*nobody reads it; use .*aws-load-balancer-scheme/],
  [`${AWS}-scheme`, "public", /^error .*is public, and takes internal or internet-facing/],
  [`${AWS}-internal`, "yes", /^error .*takes true or false/],
  [`${AWS}-nlb-target-type`, "pod", /^error .*takes ip or instance/],
  [`${AWS}-connection-idle-timeout`, "60s", /^error .*takes a whole number from 1 to 4000/],
  [`${AWS}-connection-idle-timeout`, "20", /^warning .*cut between two heartbeats/],
  [`${AWS}-proxy-protocol`, "*", /^error .*which the pods behind it do not expect/],
  [`${AWS}-proxy-protocol`, "true", /^error .*takes \*/],
  [`${AWS}-target-group-attributes`, "preserve_client_ips.enabled=true", /^error .*use preserve_client_ip\.enabled/],
  [`${AWS}-target-group-attributes`, "proxy_protocol_v2.enabled=true", /^error .*no client connects/],
  [`${AWS}-target-group-attributes`, "deregistration_delay.timeout_seconds=0", /^warning .*in the middle of what they do/],
  [`${AWS}-target-group-attributes`, "preserve_client_ip.enabled", /^error .*takes pairs/],
  ["service.beta.kubernetes.io/load-balancer-source-ranges", "203.0.113.0", /^error .*takes blocks of addresses/],
  [
    "service.beta.kubernets.io/aws-load-balancer-scheme",
    "internal",
    /^error .*use service\.beta\.kubernetes\.io\/aws-load-balancer-scheme/,
  ],
  [`${AZURE}-internl`, "true", /^error .*use .*azure-load-balancer-internal/],
  [`${AZURE}-tcp-idle-timeout`, "2", /^error .*from 4 to 100/],
  ["networking.gke.io/load-balancer-type", "private", /^error .*takes Internal/],
  ["metallb.io/address-pol", "production", /^error .*use metallb\.io\/address-pool/],
])("refuses %s: %s", (key, value, expected) => {
  expect(said({ [key]: value })).toEqual([expect.stringMatching(expected)]);
});
