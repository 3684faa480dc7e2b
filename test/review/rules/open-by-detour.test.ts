import type { Plan } from "../../../review/plan/plan";
import { noPlaintextSecrets } from "../../../review/rules/no-plaintext-secrets";
import { podSecurity } from "../../../review/rules/pod-security";
import { planned } from "../../helpers/plans";
import { changedIn, containersOf, errorsAfter, named, type Change, type Edit, type Inputs } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

/** Put together here, so that no scanner of repositories takes an example for a key. */
const random = ["x9Kq2LmN", "8pRs4TuV", "6wXy1ZaB"].join("");
const variable =
  (value: string): Change =>
  (inputs) =>
    containersOf(inputs)[0].env.push({ name: "NOTIFY", value });
const argument =
  (...words: string[]): Change =>
  (inputs) =>
    (containersOf(inputs)[0].args = words);

describe("a secret in plain text", () => {
  it.each<[string, Change]>([
    ["of a chat's webhook", variable(`https://hooks.slack.com/services/T02AB4CDE/B03FG5HIJ/${random}`)],
    ["of another chat's webhook", variable(`https://discord.com/api/webhooks/1234567890123456789/${random}_${random}`)],
    ["of a bot", variable(`https://api.telegram.org/bot123456789:AA${random}${random}/sendMessage`)],
    ["of an alerting service", variable("https://hc-ping.com/0c6a1c2e-5f44-4b0e-9c3f-2f8f6f0c1a11")],
    ["in a parameter of an address", variable("https://erp.example.com/orders?access_token=abcdefgh12345678")],
    ["in a signed address", variable(`https://files.example.com/a?sv=2024&sig=${random}`)],
    ["in a list of headers", variable(`Authorization=Bearer ${random}`)],
    ["in a header of basic authentication", variable("Authorization: Basic bWVzOnN1cGVyc2VjcmV0MTIz")],
    ["in a connection string", variable("Server=erp;User Id=mes;Password=Sup3rS3cret;Encrypt=true")],
    ["in a data source of libpq", variable("host=erp.example.com dbname=mes user=mes password=Sup3rS3cret")],
    ["within a list", variable(`one,${random},two`)],
    ["as an argument of its own", argument("--partner-password", "Sup3rS3cret")],
    ["as an argument after a flag of one letter", argument("-token", "abcdefgh")],
    ["as any argument", argument("serve", random)],
    ["in an annotation", (inputs) => (inputs.metadata.annotations["example.com/db-password"] = "Sup3rS3cret")],
    ["in an annotation of any name", (inputs) => (inputs.metadata.annotations["example.com/erp"] = random)],
  ])("%s", (_, change) => {
    expect(errorsAfter(prod, noPlaintextSecrets, ["", "Deployment", "order-api", change]).length).toBeGreaterThan(0);
  });

  it("in a header that a route adds", () => {
    const header = (name: string, value: string): Change => {
      return ({ spec }) =>
        (spec.rules[0].filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name, value }] } }]);
    };
    const said = (name: string, value: string) =>
      errorsAfter(prod, noPlaintextSecrets, ["", "HTTPRoute", "order-api", header(name, value)]);
    expect(said("Authorization", "Token 4711")).toHaveLength(1);
    expect(said("x-api-key", "Sup3rS3cret")).toHaveLength(1);
    expect(said("x-partner", "acme")).toEqual([]);
  });

  it.each<[string, Change]>([
    ["an address with parameters", variable("https://erp.example.com/orders?page=2&sort=created_at&key=name")],
    ["a list of names", variable("order-api,order-intake,OutboxRelay2,dashboard")],
    ["an image by its digest", variable(`registry.example.com/mes@sha256:${"ab12".repeat(16)}`)],
    ["an ARN", variable("arn:aws:iam::123456789012:role/example-mes-prod-OrderApi2Role")],
    ["a class of Java", variable("com.example.mes.OrderIntakeServiceV2Implementation")],
    ["a regular expression", variable("^/api/(orders|prices)/[A-Za-z0-9]{8,36}$")],
    [
      "a connection string whose password is a reference",
      variable("Server=erp;User Id=mes;Password=$(ERP_PASSWORD);Encrypt=true"),
    ],
    ["a header whose token is a reference", variable("Authorization=Bearer $(ERP_TOKEN)")],
    ["a flag without a value", argument("--token", "--verbose")],
    ["where a password is", argument("--password-file", "/etc/mes/erp/password")],
  ])("is none in %s", (_, change) => {
    expect(errorsAfter(prod, noPlaintextSecrets, ["", "Deployment", "order-api", change])).toEqual([]);
  });
});

describe("a pod on its node", () => {
  const host = (path: string): Change => {
    return ({ spec }) => spec.template.spec.volumes.push({ name: "node", hostPath: { path } });
  };
  const adds = (...add: string[]): Change => {
    return (inputs) => (containersOf(inputs)[0].securityContext.capabilities.add = add);
  };

  it.each<Edit>([
    [
      "may start containers",
      "DaemonSet",
      "otel-agent",
      host("/run/containerd/containerd.sock"),
      /lets it start any container on the node/,
    ],
    ["may start containers by the folder", "DaemonSet", "otel-agent", host("/var/run/containerd"), /lets it start any container/],
    ["may start containers of Docker", "DaemonSet", "node-exporter", host("/var/run/docker.sock"), /lets it start any container/],
    ["may start containers of CRI-O", "DaemonSet", "node-exporter", host("/run/crio/crio.sock"), /lets it start any container/],
    ["may do everything", "DaemonSet", "otel-agent", adds("SYS_ADMIN"), /adds SYS_ADMIN, by which it takes over the node/],
    ["may read all memory", "DaemonSet", "node-exporter", adds("CAP_SYS_PTRACE"), /adds SYS_PTRACE/],
    [
      "has no AppArmor",
      "Deployment",
      "order-api",
      ({ spec }) => (spec.template.spec.securityContext.appArmorProfile = { type: "Unconfined" }),
      /turns off AppArmor; baseline does not allow it/,
    ],
    [
      "has a type of SELinux that nothing confines",
      "Deployment",
      "order-api",
      (inputs) => (containersOf(inputs)[0].securityContext.seLinuxOptions = { type: "spc_t" }),
      /another type, user or role of SELinux/,
    ],
    [
      "is on the network of the node, by an operator",
      "RabbitmqCluster",
      "broker",
      ({ spec }) => (spec.override.statefulSet.spec.template.spec.hostNetwork = true),
      /shares the node's network.* in the pods that the operator makes/,
    ],
    [
      "has folders of the node, by an operator",
      "Pooler",
      "postgres-pooler-rw",
      ({ spec }) => (spec.template.spec.volumes = [{ name: "root", hostPath: { path: "/" } }]),
      /mounts a folder of the node/,
    ],
    [
      "is root, by an operator",
      "Prometheus",
      "prometheus",
      ({ spec }) => (spec.securityContext = { ...spec.securityContext, runAsUser: 0, runAsNonRoot: false }),
      /runs as root in the pods that the operator makes/,
    ],
  ])("%s", (...edit) => {
    expect(errorsAfter(prod, podSecurity, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  it("may read logs and metrics of the node", () => {
    for (const path of ["/var/log/journal", "/var/lib/kubelet/device-plugins", "/etc/machine-id"]) {
      const changed = changedIn(prod, "DaemonSet", host(path), named("otel-agent") as (inputs: Inputs) => boolean);
      expect(podSecurity.check(changed)).toEqual([]);
    }
  });
});
