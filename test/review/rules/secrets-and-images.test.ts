import { imagesPinned } from "../../../review/rules/images-pinned";
import { noPlaintextSecrets } from "../../../review/rules/no-plaintext-secrets";
import { SECRET, UNKNOWN } from "../../../review/plan/plan";
import { deployment, found, object } from "../fixtures";

/** Made here, so that no scanner takes this file for a leak. */
const PRIVATE_KEY = ["-----BEGIN EC", "PRIVATE KEY-----"].join(" ");
const ACCESS_KEY = `AKIA${"Q".repeat(16)}`;

const variable = (name: string, value: unknown) => deployment("api", { container: { env: [{ name, value }] } });
const config = (data: Record<string, string>) => object("v1", "ConfigMap", "config", { data });

describe("no secret is in plain text", () => {
  it.each([
    ["a Secret whose values are secret", object("v1", "Secret", "s", { stringData: { password: SECRET }, data: { k: UNKNOWN } })],
    [
      "a reference",
      deployment("api", { container: { env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] } }),
    ],
    ["a file with a secret", variable("PASSWORD_FILE", "/etc/secrets/password")],
    ["the path of one", variable("CLIENT_SECRET", "/etc/secrets/client")],
    ["a variable made of others", variable("API_TOKEN", "$(OTHER)")],
    ["the name of a key", variable("PRIVATE_KEY_ID", "main")],
    ["a lifetime", config({ "app.yaml": "token: 10m\npassword: ${env:PASSWORD}\nsecretName: db-user" })],
    ["an address without a password", variable("URL", "amqps://broker.mes.svc:5671/mes")],
    ["an address made of variables", variable("URL", "postgres://$(PGUSER):$(PGPASSWORD)@db:5432/mes")],
  ])("%s is fine", (_, one) => {
    expect(found(noPlaintextSecrets, [one])).toEqual([]);
  });

  it.each([
    [
      "a Secret's value",
      object("v1", "Secret", "s", { stringData: { password: "hunter2" } }),
      "stringData.password: is not secret",
    ],
    ["a variable", variable("DB_PASSWORD", "hunter2"), "DB_PASSWORD is in plain text"],
    ["a variable in camel case", variable("apiKey", "hunter2"), "apiKey is in plain text"],
    ["an argument", deployment("api", { container: { args: ["--admin-password=hunter2"] } }), "args[0]: --admin-password gives"],
    ["a line of YAML", config({ "app.yaml": "db:\n  password: hunter2\n" }), "line 2: password is in plain text"],
    ["a line of JSON", config({ "app.json": '{\n "apiKey": "hunter2",\n}' }), "line 2: apiKey is in plain text"],
    ["a line of properties", config({ "app.properties": "a=b\nauth.token=hunter2" }), "line 2: auth.token is in"],
    ["a private key", config({ "tls.key": `${PRIVATE_KEY}\nabc` }), "holds a private key"],
    ["an access key", variable("KEY_ID", ACCESS_KEY), "holds an AWS access key"],
    ["an address with a password", variable("URL", "amqp://mes:hunter2@broker:5672"), "holds an address with a password in it"],
  ])("%s is not", (_, one, message) => {
    const findings = found(noPlaintextSecrets, [one]);
    expect(findings).toContainEqual(expect.stringContaining(message));
    expect(findings.join()).not.toContain("hunter2");
  });

  it("not in an output either", () => {
    expect(found(noPlaintextSecrets, [], {}, { grafana: { password: "hunter2" } })).toEqual([
      expect.stringContaining("outputs.grafana.password: an output in plain text"),
    ]);
    expect(found(noPlaintextSecrets, [], {}, { grafana: { password: SECRET } })).toEqual([]);
  });
});

describe("images", () => {
  const image = (reference: string) => deployment("api", { container: { image: reference } });
  const DIGEST = `sha256:${"0".repeat(64)}`;

  it("are named by a version, best with a digest", () => {
    expect(found(imagesPinned, [image(`registry.example.com:5000/api:1@${DIGEST}`)], { requireDigest: true })).toEqual([]);
  });

  it.each(["api", "api:latest", "registry.example.com:5000/api"])("are not left to move: %s", (reference) => {
    expect(found(imagesPinned, [image(reference)])).toEqual([expect.stringContaining("may be another image tomorrow")]);
  });

  it("without digests are one warning, or an error each where the stack requires them", () => {
    const cluster = object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: { imageName: "postgresql:18.1" } });
    const plan = [image("api:1"), cluster];
    expect(found(imagesPinned, plan)).toEqual([expect.stringMatching(/^warning .*2 images named by tag alone/)]);
    expect(found(imagesPinned, plan, { requireDigest: true })).toEqual([
      expect.stringMatching(/^error Deployment api .*containers\[0\]\.image: api:1 has no digest/),
      expect.stringMatching(/^error Cluster db spec\.imageName: postgresql:18\.1 has no digest/),
    ]);
  });
});
