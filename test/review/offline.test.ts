import { execFileSync } from "node:child_process";
import * as path from "node:path";

const REPOSITORY = path.join(__dirname, "..", "..");

/** Ways out of a process. Each is tried in a process of its own kind: one that has denied itself the network. */
const WAYS: Readonly<Record<string, string>> = {
  "net.connect": `require("node:net").connect(9, "127.0.0.1")`,
  "net.Socket": `new (require("node:net").Socket)().connect(9)`,
  "tls.connect": `require("node:tls").connect(9, "127.0.0.1")`,
  "http.get": `require("node:http").get("http://127.0.0.1:9")`,
  "https.request": `require("node:https").request("https://127.0.0.1:9").end()`,
  "http2.connect": `require("node:http2").connect("http://127.0.0.1:9")`,
  fetch: `await fetch("http://127.0.0.1:8099").catch((error) => { throw error.cause ?? error; })`,
  "dns.lookup": `require("node:dns").lookup("localhost", () => {})`,
  "dns.resolve4": `require("node:dns").resolve4("localhost", () => {})`,
  "dns.promises.lookup": `await require("node:dns").promises.lookup("localhost")`,
  "dns/promises.resolve": `await require("node:dns/promises").resolve("localhost")`,
  "new Resolver": `new (require("node:dns").Resolver)().resolve("localhost", () => {})`,
  "dgram.send": `require("node:dgram").createSocket("udp4").send("x", 9, "127.0.0.1")`,
  "net.listen": `require("node:net").createServer().listen(0)`,
  exec: `require("node:child_process").exec("true")`,
  execFile: `require("node:child_process").execFile("true")`,
  spawn: `require("node:child_process").spawn("true")`,
  spawnSync: `require("node:child_process").spawnSync("true")`,
  execSync: `require("node:child_process").execSync("true")`,
  execFileSync: `require("node:child_process").execFileSync("true")`,
  fork: `require("node:child_process").fork("/dev/null", { stdio: "ignore" })`,
  Worker: `new (require("node:worker_threads").Worker)("", { eval: true })`,
  "import of a module": `(await import("node:child_process")).spawnSync("true")`,
};

describe("a plan cannot reach the network", () => {
  const outcomes = (deny: boolean): Record<string, string> => {
    const tries = Object.entries(WAYS).map(([name, way]) => `[${JSON.stringify(name)}, async () => { ${way}; }]`);
    const script = `
      require("./tools/register");
      ${deny ? 'require("./review/offline").denyNetwork();' : ""}
      (async () => {
        process.on("uncaughtException", () => {});
        const outcomes = {};
        for (const [name, way] of [${tries.join(",")}]) {
          outcomes[name] = await way().then(() => "went through", (error) => error.name);
        }
        console.log(JSON.stringify(outcomes));
        process.exit();
      })();`;
    return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: REPOSITORY, encoding: "utf8" })) as Record<
      string,
      string
    >;
  };

  it("by any way that leads there", () => {
    const every = Object.fromEntries(Object.keys(WAYS).map((name) => [name, "NetworkRefused"]));
    expect(outcomes(true)).toEqual(every);
  });

  it("and these ways do lead there otherwise", () => {
    expect(Object.values(outcomes(false))).not.toContain("NetworkRefused");
  });
});
