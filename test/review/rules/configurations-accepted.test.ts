import type { Plan } from "../../../review/plan/plan";
import { configurationsAccepted } from "../../../review/rules/configurations-accepted";
import { valkeyFile } from "../../../review/rules/configurations/valkey-file";
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
