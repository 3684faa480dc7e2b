import { randomBytes } from "node:crypto";
import { looksRandom } from "../../../review/rules/no-plaintext-secrets";

describe("a text as random as a password", () => {
  it.each([24, 32, 48])("is nearly every one of %s random bytes in base64", (length) => {
    const words = Array.from({ length: 1000 }, () => randomBytes(length).toString("base64"));
    expect(words.filter(looksRandom).length).toBeGreaterThan(950);
  });

  it.each([
    "prometheus-operator-admission-webhook-v1",
    "arn:aws:iam::123456789012:role/example-mes-prod-loki",
    "eyJhbGciOi",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "550e8400-e29b-41d4-a716-446655440000",
    "KubernetesServiceAccountTokenProjection2",
    "application/vnd.oci.image.manifest.v1+json",
    "OrderIntakeConsumersV2",
    "Europe/Berlin",
    "mesOrderHandlingSecondsBucket99",
  ])("is not %s", (word) => {
    expect(looksRandom(word)).toBe(false);
  });
});
