import { isSupportedKubernetes, OLDEST_KUBERNETES } from "../../../components/foundation/kubernetes";

describe("a version of Kubernetes", () => {
  const [major = "", minor = ""] = OLDEST_KUBERNETES.split(".");

  it.each([
    [{ major, minor }, true],
    [{ major, minor: `${minor}+` }, true],
    [{ major, minor: String(Number(minor) + 1) }, true],
    [{ major: String(Number(major) + 1), minor: "0" }, true],
    [{ major, minor: String(Number(minor) - 1) }, false],
    [{ major, minor: `${Number(minor) - 1}+` }, false],
    // 9 is older than 34, whatever its first digit says.
    [{ major, minor: "9" }, false],
    [{ major: "", minor: "" }, false],
  ])("%j is supported: %s", (version, expected) => {
    expect(isSupportedKubernetes(version)).toBe(expected);
  });
});
