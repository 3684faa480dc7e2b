import * as fs from "node:fs";
import * as path from "node:path";
import { cacheAlerts, CACHE_METRICS } from "../../../components/cache/alerts";
import { Cache } from "../../../components/cache/cache";
import { cacheConfig } from "../../../components/cache/config";
import { cacheDashboard } from "../../../components/cache/dashboard";
import { maxMemoryBytes, passwordHash, userFile, valkeyConfig } from "../../../components/cache/valkey";
import { patience } from "../../helpers/probes";
import { environment, PROJECT_DIRECTORY, recorded } from "../../helpers/record";

async function cache(values: object = {}, options: { preview?: boolean } = {}) {
  const args = { environment: environment(), config: cacheConfig.parse(values), issuer: "mes-ca" };
  const { made, ...recording } = await recorded((opts) => new Cache("cache", args, opts), options);
  return { ...recording, cache: made };
}

describe("the cache", () => {
  it("is one instance that is elsewhere soon after its node is lost, with nothing on disk", async () => {
    const { object, objects } = await cache();
    const { replicas, template } = object("Deployment", "cache").spec;
    expect(replicas).toBe(1);
    expect(template.spec.tolerations).toContainEqual(
      expect.objectContaining({ key: "node.kubernetes.io/unreachable", tolerationSeconds: 30 }),
    );
    expect(objects("PersistentVolumeClaim")).toEqual({});
    expect(template.spec.priorityClassName).toBe("mes-standard");
  });

  it("listens over TLS only, forgets the least recently used, and reads a renewed certificate", () => {
    const lines = valkeyConfig(cacheConfig.parse({ resources: { cpu: "1", memory: "1Gi" } })).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "port 0",
        "tls-port 6379",
        "tls-auto-reload-interval 3600",
        `maxmemory ${768 * 2 ** 20}`,
        "maxmemory-policy allkeys-lru",
        'save ""',
        "appendonly no",
      ]),
    );
    expect(maxMemoryBytes("64Mi")).toBe(48 * 2 ** 20);
  });

  it("knows nobody but the program and the exporter, and both by a hash only", () => {
    const file = userFile({
      program: { name: "mes", hash: passwordHash("abc") },
      exporter: { name: "exporter", hash: passwordHash("xyz") },
    });
    expect(file).toContain("user default off\n");
    expect(file).toContain("user mes on #ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ~* ");
    expect(file).toContain(" -@admin -@dangerous");
    expect(file).not.toMatch(/>abc|>xyz| abc| xyz/);
    expect(file.split("\n").find((line) => line.startsWith("user exporter"))).not.toContain("~");
  });

  it.each([true, false])("hands out a binding without a password in it (preview: %s)", async (preview) => {
    const { cache: made } = await cache({}, { preview });
    expect(made.binding().env).toEqual({
      VALKEY_HOST: "cache.mes-data.svc",
      VALKEY_PORT: "6379",
      VALKEY_USERNAME: { secretKeyRef: { name: "cache-program", key: "username" } },
      VALKEY_PASSWORD: { secretKeyRef: { name: "cache-program", key: "password" } },
      VALKEY_TLS: "true",
      VALKEY_CA_FILE: "/etc/mes/ca/ca.crt",
    });
    expect(made.binding().endpoints).toMatchObject([{ host: "cache.mes-data.svc", port: 6379, podPort: 6379 }]);
  });

  it("is measured by its exporter", async () => {
    const { cache: made, object } = await cache();
    expect(made.scrapeTargets).toMatchObject([{ job: "cache", port: "metrics", portNumber: 9121 }]);
    const [valkey, exporter] = object("Deployment", "cache").spec.template.spec.containers;
    expect(exporter.ports).toEqual([expect.objectContaining({ name: "metrics", containerPort: 9121 })]);
    expect(valkey.startupProbe.exec.command.join(" ")).toContain("--tls");
    expect(object("Certificate", "cache-tls").spec.dnsNames).toContain("localhost");
  });

  it("comes after its users and its certificate", async () => {
    expect((await cache()).comesAfter(":Workload", "cache")).toEqual(["Certificate cache-tls", "Secret users"]);
  });

  it("may take a minute to start, gets no more requests after 20 s without an answer, and is restarted after a minute", async () => {
    const [valkey, exporter] = (await cache()).object("Deployment", "cache").spec.template.spec.containers;
    expect(patience(valkey)).toEqual({ start: 60, ready: 20, live: 60 });
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) expect(valkey[probe].timeoutSeconds).toBe(5);
    expect(patience(exporter)).toEqual({ start: undefined, ready: 30, live: 90 });
  });

  it.each([
    [{ resources: { cpu: "1", memory: "32Mi" } }, "resources.memory: expected at least 64Mi"],
    [{ replicas: 2 }, "Unrecognized key"],
    [{ maxClients: 1 }, "maxClients"],
  ])("refuses %j", (values, message) => {
    const issues = cacheConfig.safeParse(values).error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    expect(issues).toContainEqual(expect.stringContaining(message));
  });
});

describe("the cache's alerts", () => {
  const alerts = cacheAlerts().flatMap((group) => group.alerts);

  it("have a runbook each and wake nobody", () => {
    for (const { name, severity } of alerts) {
      expect(severity).toBe("ticket");
      expect(fs.existsSync(path.join(PROJECT_DIRECTORY, "docs", "runbooks", `${name}.md`)) ? "" : name).toBe("");
    }
  });

  it("use only metrics that are scraped; so does the dashboard", () => {
    const text = alerts.map(({ expr }) => expr).join() + JSON.stringify(cacheDashboard().model);
    const used = [...text.matchAll(/\bredis_[a-z_]+/g)].map(([name]) => name);
    expect(used.filter((name) => !CACHE_METRICS.includes(name))).toEqual([]);
  });
});
