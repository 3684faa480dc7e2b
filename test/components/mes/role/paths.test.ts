import { directory, routePath } from "../../../../components/mes/role/paths";

const said = (schema: typeof routePath, path: string) => schema.safeParse(path).error?.issues.map(({ message }) => message) ?? [];

describe("the beginning of a path", () => {
  it.each(["/", "/api", "/api/orders", "/a-b_c.d~e", `/${"a".repeat(1023)}`])("may be %s", (path) => {
    expect(said(routePath, path)).toEqual([]);
  });

  it.each([
    ["api", "expected a path that begins with a slash"],
    [`/${"a".repeat(1024)}`, "expected at most 1024 characters"],
    ["/api/*", "expected a path without *: whatever begins with it is meant anyway"],
    ["/api?x=1", "expected a path alone, without a query (?) or a fragment (#)"],
    ["/api#x", "expected a path alone, without a query (?) or a fragment (#)"],
    ["/a b", "expected a path without spaces and characters that would have to be encoded"],
    ["/a//b", "expected a path without //, /./, /../ and encoded slashes"],
    ["/a/./b", "expected a path without //, /./, /../ and encoded slashes"],
    ["/a/..", "expected a path without //, /./, /../ and encoded slashes"],
    ["/a%2Fb", "expected a path without //, /./, /../ and encoded slashes"],
    ["/api/", "expected a path without a slash at its end: /api is all that is below it too"],
  ])("may not be %s", (path, message) => {
    expect(said(routePath, path)).toEqual([message]);
  });
});

describe("a directory of a container", () => {
  it.each(["/tmp", "/var/lib/mes", "/tmp/"])("may be %s", (path) => {
    expect(said(directory, path)).toEqual([]);
  });

  it.each([
    ["tmp", "expected a path that begins with a slash"],
    ["/a b", "expected a path that begins with a slash"],
    ["/", "expected a directory below /, without a colon, /./ or /../"],
    ["/a:b", "expected a directory below /, without a colon, /./ or /../"],
    ["/a/../b", "expected a directory below /, without a colon, /./ or /../"],
  ])("may not be %s", (path, message) => {
    expect(said(directory, path)).toContain(message);
  });
});
