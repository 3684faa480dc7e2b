import type { Plan } from "../../../review/plan/plan";
import { certificatesServe } from "../../../review/rules/certificates-serve";
import { planned } from "../../helpers/plans";
import { errorsAfter, type Edit, type Inputs } from "./changed-plan";

const GATEWAY = "gateway.networking.k8s.io/v1:Gateway";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

it("has nothing against the certificates of prod", () => {
  expect(certificatesServe.check(prod)).toEqual([]);
});

const spec = (edit: (spec: Inputs) => void) => (inputs: Inputs) => edit(inputs.spec);
const without = (name: RegExp) => spec((s) => (s.dnsNames = s.dnsNames.filter((one: string) => !name.test(one))));

describe("a certificate that cert-manager refuses", () => {
  it.each<Edit>([
    ["without a name", "Certificate", "cache-tls", spec((s) => (s.dnsNames = [])), /dnsNames: has no name at all/],
    [
      "renewed before it was made",
      "Certificate",
      "broker-tls",
      spec((s) => (s.renewBefore = "9000h")),
      /9000h before its end is before it was made/,
    ],
    ["renewed as it is made", "Certificate", "broker-tls", spec((s) => (s.renewBefore = "2160h")), /renewBefore: 2160h/],
    [
      "renewed in the last minute",
      "Certificate",
      "broker-tls",
      spec((s) => (s.renewBefore = "60s")),
      /60s is less than five minutes/,
    ],
    [
      "renewed by two measures",
      "Certificate",
      "broker-tls",
      spec((s) => (s.renewBeforePercentage = 50)),
      /cannot be set together with renewBeforePercentage/,
    ],
    [
      "of the usual time, renewed too early",
      "Certificate",
      "broker-tls",
      spec((s) => {
        delete s.duration;
        s.renewBefore = "2400h";
      }),
      /as it is valid for 2160h/,
    ],
    ["valid for minutes", "Certificate", "loki-tls", spec((s) => (s.duration = "59m")), /59m is shorter than an hour/],
    [
      "valid for days, in a word that Go has not",
      "Certificate",
      "loki-tls",
      spec((s) => (s.duration = "90d")),
      /90d is no duration/,
    ],
    [
      "of a small key",
      "Certificate",
      "loki-tls",
      spec((s) => (s.privateKey = { algorithm: "RSA", size: 1024 })),
      /no RSA keys of 1024 bits/,
    ],
    [
      "of a curve that is not there",
      "Certificate",
      "loki-tls",
      spec((s) => (s.privateKey.size = 512)),
      /no ECDSA keys of 512 bits/,
    ],
    ["of another algorithm", "Certificate", "loki-tls", spec((s) => (s.privateKey.algorithm = "DSA")), /DSA is none of/],
    [
      "in a Secret of another one",
      "Certificate",
      "cache-tls",
      spec((s) => (s.secretName = "broker-tls")),
      /is put into broker-tls too, and cert-manager makes neither/,
    ],
  ])("%s", (...edit) => {
    expect(errorsAfter(prod, certificatesServe, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });
});

describe("a certificate that clients refuse", () => {
  it.each<Edit>([
    [
      "signed by itself",
      "Certificate",
      "broker-tls",
      spec((s) => (s.issuerRef.name = "mes-bootstrap")),
      /is signed by itself, as ClusterIssuer mes-bootstrap has it/,
    ],
    [
      "signed by what is no CA",
      "Certificate",
      "mes-root-ca",
      spec((s) => (s.isCA = false)),
      /Certificate mes-operators\/mes-root-ca is no CA/,
    ],
    [
      "signed by a CA that may not sign",
      "Certificate",
      "mes-root-ca",
      spec((s) => (s.usages = ["server auth"])),
      /may not sign certificates/,
    ],
    [
      "for clients alone, at the database",
      "Certificate",
      "postgres-tls",
      spec((s) => (s.usages = ["client auth"])),
      /is for client auth, and Cluster mes-data\/postgres shows it as a server/,
    ],
    [
      "for clients alone, at a program",
      "Certificate",
      "loki-tls",
      spec((s) => (s.usages = ["client auth"])),
      /StatefulSet .*loki shows it/,
    ],
    [
      "for code, at the gateway",
      "Certificate",
      "tls-mes-example-com",
      spec((s) => (s.usages = ["code signing"])),
      /Gateway mes\/gateway shows it/,
    ],
    [
      "between nodes, for clients alone",
      "Certificate",
      "broker-nodes-tls",
      spec((s) => (s.usages = ["client auth"])),
      /RabbitmqCluster .*shows it/,
    ],
    [
      "of another host, at the gateway",
      "Certificate",
      "tls-mes-example-com",
      spec((s) => (s.dnsNames = ["www.example.com"])),
      /is for www.example.com, and the gateway shows it for mes.example.com/,
    ],
    [
      "of a wildcard above the host, at the gateway",
      "Certificate",
      "tls-mes-example-com",
      spec((s) => (s.dnsNames = ["*.com"])),
      /the gateway shows it for mes.example.com/,
    ],
    [
      "of the old host",
      GATEWAY,
      "gateway",
      spec((s) => (s.listeners[0].hostname = "orders.example.com")),
      /shows it for orders.example.com/,
    ],
    [
      "without the name that the CRM connects to",
      "Certificate",
      "broker-tls",
      without(/^broker\.mes\.example\.com$/),
      /is without broker.mes.example.com, by which clients outside of the cluster connect \(mes:broker.external.hostname\)/,
    ],
    [
      "without the name that Prometheus verifies",
      "PodMonitor",
      "broker",
      spec((s) => (s.podMetricsEndpoints[0].tlsConfig.serverName = "rabbitmq.mes-data.svc")),
      /verifies rabbitmq.mes-data.svc, and the certificate of RabbitmqCluster mes-data\/broker is for/,
    ],
    [
      "valid for longer than its CA",
      "Certificate",
      "broker-tls",
      spec((s) => (s.duration = "87601h")),
      /is valid for longer \(87601h\) than Certificate mes-operators\/mes-root-ca/,
    ],
    [
      "of an issuer of another group",
      "Certificate",
      "broker-tls",
      spec((s) => (s.issuerRef.group = "certmanager.io")),
      /ClusterIssuer is no kind of certmanager.io/,
    ],
    [
      "without a node",
      "Certificate",
      "broker-nodes-tls",
      without(/-server-2/),
      /is without broker-server-2.broker-nodes.mes-data/,
    ],
    [
      "with a wildcard in place of nodes",
      "Certificate",
      "broker-nodes-tls",
      spec((s) => (s.dnsNames = ["*.broker-nodes.mes-data"])),
      /broker-server-0.broker-nodes.mes-data, .*form no cluster/,
    ],
    [
      "renewed, and not read again",
      "Certificate",
      "postgres-tls",
      spec((s) => delete s.secretTemplate),
      /does not see when it is renewed/,
    ],
  ])("%s", (...edit) => {
    expect(errorsAfter(prod, certificatesServe, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });
});

describe("a certificate that is as good", () => {
  it.each<readonly [string, string, string, (inputs: Inputs) => void]>([
    ["with the usages that are usual", "Certificate", "broker-tls", spec((s) => delete s.usages)],
    [
      "with those of a key only",
      "Certificate",
      "broker-tls",
      spec((s) => (s.usages = ["digital signature", "key encipherment"])),
    ],
    ["renewed after two thirds, as it is usual", "Certificate", "broker-tls", spec((s) => delete s.renewBefore)],
    [
      "renewed by a percentage",
      "Certificate",
      "broker-tls",
      spec((s) => {
        delete s.renewBefore;
        s.renewBeforePercentage = 33;
      }),
    ],
    ["of a longer time, in parts", "Certificate", "broker-tls", spec((s) => (s.duration = "2400h30m"))],
    ["of a larger key", "Certificate", "cache-tls", spec((s) => (s.privateKey = { algorithm: "RSA", size: 4096 }))],
    ["of all hosts of the domain", "Certificate", "tls-mes-example-com", spec((s) => (s.dnsNames = ["*.example.com"]))],
    ["for more nodes than there are", "RabbitmqCluster", "broker", spec((s) => (s.replicas = 5))],
  ])("%s", (...edit) => {
    expect(errorsAfter(prod, certificatesServe, [...edit])).toEqual([]);
  });
});
