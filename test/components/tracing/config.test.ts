import { existingSecrets, tracingConfig } from "../../../components/tracing/config";

const problems = (value: object): string[] => {
  const result = tracingConfig.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};
const search = (values: object = {}) => ({
  storage: { kind: "opensearch", endpoints: ["https://search.example.com"], ...values },
});

describe("the configuration of tracing", () => {
  it("needs nothing: small, and traces in memory", () => {
    expect(tracingConfig.parse({})).toMatchObject({
      enabled: true,
      storage: { kind: "memory" },
      jaeger: { replicas: 1 },
      sampling: { percentage: 10, slowerThan: "2s", keep: { "mes.order.outcome": ["failed", "late", "rejected", "retried"] } },
    });
  });

  it.each<[string, object]>([
    ["switched off", { enabled: false }],
    ["several Jaegers on a search cluster", { jaeger: { replicas: 3 }, ...search() }],
    ["user and password", search({ username: "jaeger", password: { secure: "v1:abc" } })],
    ["a Secret that is there already", search({ credentialsSecret: "opensearch" })],
    ["elasticsearch", { storage: { kind: "elasticsearch", endpoints: ["https://es.example.com:9200"] } }],
    ["no share of ordinary traces", { sampling: { percentage: 0 } }],
    ["every trace", { sampling: { percentage: 100 } }],
    ["a database on one volume", { storage: { kind: "badger", size: "10Gi" } }],
  ])("takes %s", (_, value) => {
    expect(problems(value)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["an unknown key", { sampler: { replica: 2 } }, "replica"],
    [
      "several Jaegers with a memory each",
      { jaeger: { replicas: 2 } },
      "jaeger.replicas: storage of kind memory is one pod's own",
    ],
    [
      "several Jaegers with a volume each",
      { jaeger: { replicas: 2 }, storage: { kind: "badger", size: "1Gi" } },
      "jaeger.replicas: storage of kind badger is one pod's own",
    ],
    [
      "a kind of storage that is none",
      { storage: { kind: "postgres" } },
      "expected kind: memory, badger, opensearch or elasticsearch",
    ],
    ["an address without TLS", search({ endpoints: ["http://search.example.com"] }), "expected an https address"],
    [
      "a password without a user",
      search({ password: { secure: "v1:abc" } }),
      "storage.password: username and password belong together",
    ],
    ["a user without a password", search({ username: "jaeger" }), "storage.username: username and password belong together"],
    [
      "credentials twice",
      search({ username: "jaeger", password: { secure: "v1:abc" }, credentialsSecret: "x" }),
      "storage.credentialsSecret: credentials twice",
    ],
    ["a password in plain text", search({ username: "jaeger", password: "hunter2" }), "must not be here in plain text"],
    ["half a day of retention", search({ retention: "36h" }), "expected whole days"],
    ["more than everything", { sampling: { percentage: 101 } }, "sampling.percentage"],
    ["no sampler", { sampler: { replicas: 0 } }, "sampler.replicas"],
  ])("refuses %s", (_, value, message) => {
    expect(problems(value).join("\n")).toContain(message);
  });
});

describe("Secrets that must be there already", () => {
  it("are those that the storage names", () => {
    const values = search({ credentialsSecret: "opensearch", caSecret: "search-ca" });
    expect(existingSecrets(tracingConfig.parse(values))).toEqual(["opensearch", "search-ca"]);
    expect(existingSecrets(tracingConfig.parse({ ...values, enabled: false }))).toEqual([]);
    expect(existingSecrets(tracingConfig.parse({}))).toEqual([]);
  });
});
