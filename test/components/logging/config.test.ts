import { loggingConfig } from "../../../components/logging/config";

const problems = (value: object): string[] => {
  const result = loggingConfig.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};

describe("the configuration of logging", () => {
  it.each<[string, object]>([
    ["nothing", {}],
    ["switched off", { enabled: false }],
    ["three pods over a bucket", { replicas: 3, storage: { kind: "bucket" } }],
    ["one pod over a bucket", { storage: { kind: "bucket", walSize: "5Gi" } }],
    ["patterns of Go", { drop: [String.raw`(?i)^debug\b`], redact: [String.raw`\bcard=(\d{4})\d+`] }],
    ["nothing dropped, nothing replaced", { drop: [], redact: [] }],
  ])("takes %s", (_, value) => {
    expect(problems(value)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["two pods", { replicas: 2, storage: { kind: "bucket" } }, "replicas: expected 1, or at least 3"],
    ["several pods with a volume each", { replicas: 3 }, "replicas: storage of kind filesystem is one pod's own"],
    ["less than a day", { retention: "12h" }, "expected at least 1d"],
    ["a look-ahead, which Go has not", { drop: ["(?!health)"] }, "no look-around"],
    ["a back-reference, which Go has not", { redact: [String.raw`(a)\1`] }, "no look-around and no back-references"],
    ["a pattern that does not end", { redact: ["(secret"] }, "not a regular expression of Go"],
    ["an unknown kind of storage", { storage: { kind: "s3" } }, "expected kind: filesystem or bucket"],
  ])("refuses %s", (_, value, message) => {
    expect(problems(value).join("\n")).toContain(message);
  });
});

/** A pattern of Go, for JavaScript. */
const regExp = (pattern: string, flags = "") =>
  pattern.startsWith("(?i)") ? new RegExp(pattern.slice(4), `${flags}i`) : new RegExp(pattern, flags);

describe("what is dropped unless said otherwise", () => {
  const dropped = (record: string) => loggingConfig.parse({}).drop.some((pattern) => regExp(pattern).test(record));

  it.each([
    '{"method":"GET","path":"/health/ready","status":200}',
    '10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] "GET /healthz HTTP/1.1" 200 2',
    '{"path":"/metrics","method":"GET","status":200,"duration":0.01}',
  ])("a probe or scrape that went well: %s", (record) => {
    expect(dropped(record)).toBe(true);
  });

  it.each([
    '{"method":"GET","path":"/health/ready","status":503}',
    '{"method":"POST","path":"/api/orders","status":200}',
    '{"message":"order 17 written","order":200}',
    "health of order 200 is fine",
  ])("nothing else: %s", (record) => {
    expect(dropped(record)).toBe(false);
  });
});

describe("what is replaced unless said otherwise", () => {
  /** As Go's ReplaceAllString with `${1}***${2}`: a group that a pattern does not have is nothing. */
  const redacted = (record: string) =>
    loggingConfig.parse({}).redact.reduce((text, pattern) => {
      const groups = (new RegExp(`${regExp(pattern).source}|`).exec("")?.length ?? 1) - 1;
      const replacement = ["", "$1***", "$1***$2"][groups] ?? "";
      return text.replace(regExp(pattern, "g"), groups === 0 ? "***" : replacement);
    }, record);

  it.each([
    ['{"user":"mes","password":"hunter2","order":17}', '{"user":"mes","password":"***","order":17}'],
    ["connecting with password=hunter2 to host", "connecting with password=*** to host"],
    ["amqp://mes:s3cr3t@broker:5671/mes", "amqp://mes:***@broker:5671/mes"],
    ["Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"],
  ])("%s", (record, expected) => {
    expect(redacted(record)).toBe(expected);
  });

  it.each([
    "http://order-api:8080/api/orders took 20 ms",
    "order 17 of customer Secretan is late",
    "see https://example.com/a@b",
  ])("%s stays as it is", (record) => {
    expect(redacted(record)).toBe(record);
  });

  it("keys of AWS and JSON web tokens go whole", () => {
    const [, , aws, token] = loggingConfig.parse({}).redact.map((pattern) => regExp(pattern));
    expect("key AKIAABCDEFGHIJKLMNOP used").toMatch(aws!);
    expect("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig").toMatch(token!);
  });
});
