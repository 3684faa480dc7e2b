import type { Plan } from "../../../review/plan/plan";
import { configurationsAccepted } from "../../../review/rules/configurations-accepted";
import { valkeyFile } from "../../../review/rules/configurations/valkey/file";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, containersOf, named, type Change, type Inputs } from "./changed-plan";
import { REFUSED, TAKEN } from "./valkey/verdicts";

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

function said(kind: string, name: string | RegExp, change: Change): string[] {
  const concerns = typeof name === "string" ? named(name) : ({ metadata }: Inputs) => name.test(metadata?.name);
  return configurationsAccepted.check(changedIn(plan, kind, change, concerns)).map(line);
}

it("says nothing of the plans of this project", async () => {
  expect(configurationsAccepted.check(plan)).toEqual([]);
  expect(configurationsAccepted.check(await planned("dev"))).toEqual([]);
});

describe("Valkey", () => {
  it.each(TAKEN)("takes %j, as the server does", (one) => {
    expect(valkeyFile(one).problems).toEqual([]);
  });

  it.each(REFUSED)("refuses %j, as the server does", (one) => {
    expect(valkeyFile(one).problems).toEqual([expect.any(String)]);
  });

  /** Puts a line in the place of the one with its key, or at the end. */
  const setting =
    (...lines: string[]): Change =>
    ({ data }) => {
      const [key = ""] = Object.keys(data);
      for (const one of lines) {
        const [name = ""] = one.split(" ");
        const same = new RegExp(`^${name} .*\n`, "m");
        data[key] = one.endsWith(" -") ? data[key].replace(same, "") : `${data[key].replace(same, "")}${one}\n`;
      }
    };

  it.each<[string[], RegExp[]]>([
    [["maxmemory-polcy allkeys-lru"], [/^error .*no setting maxmemory-polcy; use maxmemory-policy: .* does not start/]],
    [["maxmemory 1.5gb"], [/^error .*maxmemory is 1\.5gb: it takes a size/]],
    [["maxmemory-policy noeviction"], [/^error .*refuses every write; use allkeys-lru/]],
    [["maxmemory-policy -"], [/^error .*maxmemory-policy is noeviction/]],
    [["maxmemory-policy volatile-lru"], [/^warning .*keys without an end are never forgotten/]],
    [["maxmemory -"], [/^warning .*grows until it is killed/]],
    [["maxmemory 16mb"], [/^warning .*forgets nearly all at once/]],
    [["save -"], [/^warning .*save is not empty, and \/tmp is on no volume claim/, /^warning .*twice its 1\.5 GiB of data/]],
    [["appendonly yes"], [/^warning .*appendonly is yes, and \/tmp/, /^warning .*appendonly is yes: while it writes/]],
    [
      ["save 60 1", "dir /etc"],
      [/^error .*may not write to \/etc/, /^warning .*on no volume claim/, /^warning .*twice/],
    ],
    [["replicaof other 6379"], [/^error .*a copy of another/]],
    [["cluster-enabled yes"], [/^error .*CLUSTERDOWN/]],
    [["min-replicas-to-write 1"], [/^error .*has no replicas/]],
    [["tls-port 0"], [/^error .*neither port nor tls-port/, /^error .*clients of Deployment mes-data\/cache speak TLS/]],
    [["port 6379"], [/^error .*port and tls-port are both 6379/, /^warning .*in plain text/]],
    [["tls-port 6380"], [/^error .*listens on 6380, and its container and Service have 6379/]],
    [["tls-key-file -"], [/^error .*there is no tls-key-file/]],
    [["tls-auth-clients -"], [/^error .*probes and programs, which show no certificate/]],
    [["tls-auth-clients optional"], []],
    [["tls-protocols TLSv1.4"], [/^error .*tls-protocols is TLSv1\.4/]],
    [['tls-protocols "TLSv1.1 TLSv1.2"'], [/^error .*before 1\.2 is broken/]],
    [['tls-protocols "TLSv1.2 TLSv1.3"'], []],
    [["tls-auto-reload-interval -"], [/^warning .*shows its old certificate/]],
    [["aclfile -"], [/^error .*there is no password and no aclfile/]],
    [["aclfile -", "protected-mode -"], [/^error .*refuses everybody outside/]],
    [["bind 127.0.0.1 -::1"], [/^error .*nobody outside of its pod reaches/]],
    [["daemonize yes"], [/^error .*ends as soon as/]],
    [["logfile /var/log/valkey.log"], [/^error .*where it may not write/]],
    [["logfile /tmp/valkey.log"], []],
    [["rename-command PING x"], [/^error .*PING is renamed/]],
    [["rename-command FLUSHALL x"], []],
    [["timeout 5"], [/^warning .*closes connections that programs keep/]],
    [["timeout 300"], []],
    [["io-threads 64"], [/^warning .*threads wait for each other/]],
    [["tcp-backlog 1"], [/^warning .*most are refused/]],
    [["maxmemory-clients 1%"], [/^warning .*cuts clients off/]],
    [["maxmemory-clients 5%"], []],
    [["maxmemory-policy allkeys-lfu", "hz 100", "databases 4", "activerehashing no", "loglevel warning"], []],
  ])("%j", (lines, expected) => {
    expect(said("ConfigMap", /^cache-/, setting(...lines))).toEqual(expected.map((one) => expect.stringMatching(one)));
  });

  it("reads the arguments after the file", () => {
    const change: Change = (inputs) => containersOf(inputs)[0].command.push("--maxmemory-policy", "noeviction");
    expect(said("Deployment", "cache", change)).toEqual([expect.stringMatching(/^error .*maxmemory-policy is noeviction/)]);
  });
});

/** A text in the place of what is found in a file of a ConfigMap. */
const replaced =
  (from: RegExp, to: string): Change =>
  ({ data }) => {
    const [key = ""] = Object.keys(data).filter((one) => from.test(data[one]));
    expect(key).not.toBe("");
    data[key] = data[key].replace(from, to);
  };

describe("Loki", () => {
  it.each<[RegExp, string, RegExp[]]>([
    [
      /^limits_config:/m,
      "limits_confg:",
      [
        /^error .*limits_confg is no key that it knows; use limits_config: .* does not start/,
        /^warning .*retention_period is not set/,
      ],
    ],
    [/retention_enabled/, "retention_enable", [/^error .*use retention_enabled/, /^warning .*retention_enabled is not true/]],
    [/ingestion_rate_mb: \d+/, "ingestion_rate_mb: many", [/^error .*ingestion_rate_mb is many, and takes a number/]],
    [
      /(retention_period: )\S+/,
      "$112 hours",
      [/^error .*retention_period is 12 hours, and takes a duration/, /^warning .*is not set/],
    ],
    [/(retention_period: )\S+/, "$112h", [/^error .*retention_period is 12 h: it deletes by the day/]],
    [/(retention_period: )\S+/, "$10s", [/^warning .*nothing is ever deleted/]],
    [/ {2}delete_request_store: .*\n/, "", [/^error .*delete_request_store is not set/]],
    [/(delete_request_store: )\S+/, "$1filesystem", [/^error .*delete_request_store is filesystem, and logs are in s3/]],
    [/schema: v13/, "schema: v12", [/^error .*below v13/]],
    [/schema: v13/, "schema: v14", [/^error .*schema is v14; use v13/, /^error .*below v13/]],
    [/store: tsdb/, "store: boltdb", [/^error .*store is boltdb; use tsdb/]],
    [/period: 24h/, "period: 168h", [/^error .*index\.period is not 24h/]],
    [/from: \S+/, "from: 2026-13-01", [/^error .*takes a day/, /^error .*is not yet/]],
    [/from: \S+/, 'from: "2999-01-01"', [/^error .*from is 2999-01-01, which is not yet/]],
    [/replication_factor: 3/, "replication_factor: 5", [/^error .*is 5, and there are 3 pods/]],
    [/replication_factor: 3/, "replication_factor: 2", [/^warning .*of an even number/]],
    [/store: memberlist/, "store: inmemory", [/^error .*each of 3 pods knows itself alone/]],
    [/(dns\+loki-gossip)/, "$1s", [/^error .*is no Service and port/]],
    [/auth_enabled: false/, "auth_enabled: true", [/^error .*nobody sends a tenant/]],
    [/target: all/, "target: read", [/^error .*nothing else runs the other parts: no record is taken/]],
    [/allow_structured_metadata: true/, "allow_structured_metadata: false", [/^error .*has structured metadata, and is refused/]],
    [/max_line_size_truncate: true/, "max_line_size_truncate: false", []],
    [/max_line_size: 256KB/, "max_line_size: 256B", [/^warning .*cut or refused/]],
    [/(reject_old_samples_max_age: )\S+/, "$11h", [/^warning .*waited at a collector for longer/]],
    [/(ingestion_burst_size_mb: )\S+/, "$11", [/^error .*below the rate/]],
    [/(max_global_streams_per_user: )\S+/, "$110", [/^error .*those beyond are refused/]],
    [/^ingester:\n/m, "ingester:\n  max_chunk_age: 6h\n", [/^error .*found nowhere/]],
    [/^ingester:\n/m, "ingester:\n  chunk_idle_period: 1h\n", []],
    [/(replay_memory_ceiling: )\S+/, "$164GB", [/^error .*after a crash it never comes up/]],
    [/chunk_encoding: snappy/, "chunk_encoding: brotli", [/^error .*chunk_encoding is brotli/]],
    [/(http_listen_port: )\d+/, "$13200", [/^error .*which is no port of/]],
    [/ {2}http_tls_config:\n(?: {4}.*\n)+/, "", [/^error .*never becomes ready/]],
    [/ {2}grpc_tls_config:\n(?: {4}.*\n)+/, "", [/^error .*its own clients speak TLS/]],
    [
      /- service\.name\n/,
      "- k8s.pod.name\n",
      [/^warning .*makes k8s\.pod\.name a label/, /^warning .*no label of service\.name/],
    ],
    [/^auth_enabled: false/m, "auth_enabled: false\n  bad: [", [/^error .*is no YAML/]],
    [/log_level: warn/, "log_level: info", []],
    [/compaction_interval: 10m/, "compaction_interval: 15m", []],
  ])("%s → %j", (from, to, expected) => {
    expect(said("ConfigMap", /^loki-/, replaced(from, to))).toEqual(expected.map((one) => expect.stringMatching(one)));
  });
});

describe("collectors", () => {
  type Case = readonly [name: RegExp, from: RegExp, to: string, expected: RegExp[]];
  const [agent, gateway, sampler] = [/^otel-agent-/, /^otel-gateway-/, /^otel-sampler-/];

  it.each<Case>([
    [
      agent,
      /check_interval: 1s/,
      "check_intervall: 1s",
      [/^error .*check_intervall is no key that it knows; use check_interval/, /^error .*check_interval is not set/],
    ],
    [
      agent,
      /limit_percentage: 80/,
      'limit_percentage: "80"',
      [/^error .*limit_percentage is 80, and takes a whole number from 0/],
    ],
    [agent, /spike_limit_percentage: 20/, "spike_limit_percentage: 85", [/^error .*is not below limit_percentage/]],
    [
      agent,
      /^ {2}memory_limiter:/m,
      "  memory_limitr:",
      [
        /^error .*memory_limitr is of no type that there is; use memory_limiter/,
        /^error .*names memory_limiter, which is not declared/,
        /^error .*logs.processors names memory_limiter/,
        /^warning .*memory_limitr is in no pipeline/,
      ],
    ],
    [agent, /endpoint: 0\.0\.0\.0:4317/, "endpoint: localhost:4317", [/^error .*nobody outside of its pod reaches it/]],
    [agent, /endpoint: 0\.0\.0\.0:4317/, "endpoint: 0.0.0.0:4327", [/^error .*has no such port/]],
    [agent, /endpoint: 0\.0\.0\.0:13133/, "endpoint: 127.0.0.1:13133", [/^error .*nobody outside/]],
    [agent, /start_at: beginning/, "start_at: end", [/^warning .*is not read, as why it died/]],
    [agent, /max_log_size: 200KiB/, "max_log_size: 1KiB", [/^warning .*stack traces are cut/]],
    [agent, /error_mode: ignore/, "error_mode: propagate", [/^warning .*drops its whole batch/]],
    [agent, /error_mode: ignore/, "error_mode: log", [/^error .*takes propagate or ignore or silent/]],
    [agent, /node_from_env_var: \S+/, "node_from_env_var: NODE", [/^error .*no variable of its container/]],
    [
      agent,
      /(extensions:\n {4}- health_check\n) {4}- file_storage\n/,
      "$1",
      [
        /^warning .*file_storage is not in service\.extensions/,
        /^error .*file_log keeps its state/,
        /^error .*otlp_http\/loki keeps its state/,
      ],
    ],
    [agent, /max_elapsed_time: 5m/, "max_elapsed_time: 20s", [/^error .*below max_interval/, /^warning .*gives up before/]],
    [agent, /min_version: "1\.3"/, 'min_version: "1.4"', [/^error .*is 1\.4, and takes 1\.0/]],
    [gateway, /routing_key: traceID/, "routing_key: service", [/^error .*does not send by traceID/]],
    [
      gateway,
      /routing_key: traceID/,
      "routing_key: traceId",
      [/^error .*is traceId; use traceID/, /^error .*does not send by traceID/],
    ],
    [gateway, /hostname: otel-sampler\b/, "hostname: otel-samplers", [/^error .*no headless Service/]],
    [
      gateway,
      /queue_size: \d+/,
      "queue_size: 10",
      [/^error .*batch\.min_size is above queue_size/, /^warning .*full in moments/],
    ],
    [gateway, /retry_on_failure:\n {6}enabled: true/, "retry_on_failure:\n      enabled: false", [/^error .*one failed request/]],
    [
      gateway,
      / {6}processors:\n {8}- memory_limiter\n/,
      "",
      [/^error .*has no memory_limiter/, /^warning .*memory_limiter is in no pipeline/],
    ],
    [sampler, /name: errors/, "name: slow", [/^error .*policies has a name twice/]],
    [sampler, /- ERROR/, "- OK", [/^error .*keeps no errors/]],
    [sampler, /- ERROR/, "- ERR", [/^error .*takes OK, ERROR and UNSET/, /^error .*keeps no errors/]],
    [
      sampler,
      /type: latency/,
      "type: latancy",
      [/^error .*is latancy, and takes always_sample/, /^error .*has no latancy/, /^warning .*keeps no slow traces/],
    ],
    [
      sampler,
      /(traces\/all:[\s\S]*?- memory_limiter\n)/,
      "$1        - tail_sampling\n",
      [/^error .*rates and durations are of those that were kept/],
    ],
    [sampler, /max_elapsed_time: 0s/, "max_elapsed_time: 5m", [/^warning .*what waits on disk is thrown away/]],
    [sampler, /level: normal/, "level: none", [/^error .*no alert tells/]],
    [sampler, /level: normal/, "level: detailed", []],
    [sampler, /decision_wait: \S+/, "decision_wait: 45s", []],
  ])("%s: %s → %j", (name, from, to, expected) => {
    expect(said("ConfigMap", name, replaced(from, to))).toEqual(expected.map((one) => expect.stringMatching(one)));
  });
});
