import { noPlaceholders } from "../../../review/rules/no-placeholders";
import { isPlaceholder, placeholdersIn } from "../../../stacks/config/placeholders";
import { StackFile } from "../../../stacks/config/stack-file";
import { deployment, planOf } from "../fixtures";

describe("an example in a stack file", () => {
  it.each([
    "example.com",
    "mes.example.com",
    "https://git.example.org/mes",
    "mes-team@example.net",
    "smtp.example.com:587",
    "registry.example.com/mes/mes:2.14.0",
    "mes.example",
    "broker.invalid:5671",
    "203.0.113.20/32",
    "192.0.2.1",
    "198.51.100.0/24",
    "2001:db8::/32",
    "123456789012",
    "arn:aws:iam::123456789012:role/mes",
    "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
  ])("is one: %s", (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  it.each([
    "example.company.com",
    "myexample.com",
    "example.com.de",
    "mes.examples.com",
    "latest.tests.de",
    "10.203.0.113",
    "203.0.114.20/32",
    "2001:db80::/32",
    "1234567890123",
    "example-mes-prod",
    "test",
    "order.example.#",
  ])("is none: %s", (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });

  it("is found wherever it stands, but not in a secret", () => {
    const file = StackFile.parse("f", 'a: &a [x, { b: mail@example.com }]\nc: { secure: "v1:example.com" }\nd: *a\n');
    expect(placeholdersIn(file).map(({ key, line }) => `${key} ${line}`)).toEqual(["a[1].b 1", "d[1].b 1"]);
  });
});

describe("the rule of placeholders", () => {
  const placeholder = { key: "mes:gateway.host", value: "mes.example.com", file: "Pulumi.test.yaml", line: 7 };
  const image = (reference: string) => deployment("a", { container: { image: reference } });

  it("is one warning, which lists them all with their places", () => {
    const other = { ...placeholder, key: "mes:reconciliation.crm.host", value: "crm.example.com", line: 9 };
    const findings = noPlaceholders.check(planOf([image("ghcr.io/mes/mes:1")], { placeholders: [placeholder, other] }));
    expect(findings).toEqual([
      expect.objectContaining({
        severity: "warning",
        source: { file: "Pulumi.test.yaml", line: 7 },
        message:
          "2 values are examples, to be replaced by your own: mes:gateway.host (line 7), mes:reconciliation.crm.host (line 9)",
      }),
    ]);
  });

  it("finds the image that nobody has named", () => {
    const [finding] = noPlaceholders.check(planOf([image("registry.example.com/mes/mes:1")], {}));
    expect(finding?.message).toBe(
      "1 value is an example, to be replaced by your own: the image registry.example.com/mes/mes:1 (mes:images.overrides)",
    );
  });

  it("has nothing to say of real names", () => {
    expect(noPlaceholders.check(planOf([image("ghcr.io/mes/mes:1")], {}))).toEqual([]);
  });
});
