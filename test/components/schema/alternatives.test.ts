import { z } from "zod";
import { alternatives } from "../../../components/schema";

const THERE = z.strictObject({ existing: z.strictObject({ host: z.string() }), size: z.int().default(1) });
const OURS = z.strictObject({ instances: z.int(), size: z.int().default(2) });

describe("two forms of a mapping", () => {
  const schema = z.strictObject({ server: alternatives("existing", THERE, OURS).optional() });
  const issuesOf = (value: unknown) => schema.safeParse(value).error?.issues.map(({ path, code }) => `${path.join(".")} ${code}`);

  it("are told apart by one key", () => {
    expect(schema.parse({ server: { existing: { host: "db" } } })).toEqual({ server: { existing: { host: "db" }, size: 1 } });
    expect(schema.parse({ server: { instances: 3 } })).toEqual({ server: { instances: 3, size: 2 } });
    expect(schema.parse({})).toEqual({});
  });

  it("have the mistakes of the one that is meant, at their places", () => {
    expect(issuesOf({ server: { existing: { host: 1 }, size: "x" } })).toEqual([
      "server.existing.host invalid_type",
      "server.size invalid_type",
    ]);
    expect(issuesOf({ server: { instances: "x" } })).toEqual(["server.instances invalid_type"]);
    expect(issuesOf({ server: { existing: { host: "db" }, instances: 3 } })).toEqual(["server unrecognized_keys"]);
    expect(issuesOf({ server: 1 })).toEqual(["server invalid_type"]);
  });
});
