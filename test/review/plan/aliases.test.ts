import { formerUrns } from "../../../review/plan/aliases";
import { planOf, resource } from "../fixtures";

const STACK = "urn:pulumi:test::mes::pulumi:pulumi:Stack::mes-test";
const urn = (types: string, name: string) => `urn:pulumi:test::mes::${types}::${name}`;

describe("under which URN the engine finds a resource in a state", () => {
  const part = (aliases: string[]) =>
    resource({ type: "mes:a:Part", name: "part", custom: false, urn: urn("mes:a:Part", "part"), aliases });
  const child = (name: string, aliases: string[] = []) => {
    const type = "kubernetes:core/v1:Secret";
    return resource({ type, name, urn: urn(`mes:a:Part$${type}`, name), parent: urn("mes:a:Part", "part"), aliases });
  };
  const found = (resources: ReturnType<typeof resource>[], ...state: string[]) => {
    const former = formerUrns(planOf(resources), new Set(state));
    return resources.map((one) => former.get(one.urn));
  };
  const secret = (types: string, name: string) => urn(`${types}kubernetes:core/v1:Secret`, name);

  it("is its own, whatever its aliases say", () => {
    const own = child("users", ["name=former"]);
    expect(found([own], own.urn, secret("mes:a:Part$", "former"))).toEqual([own.urn]);
  });

  it.each([
    ["a URN", secret("", "old"), secret("", "old")],
    ["another name", "name=old", secret("mes:a:Part$", "old")],
    ["another type", "type=kubernetes:core/v1:ConfigMap", urn("mes:a:Part$kubernetes:core/v1:ConfigMap", "users")],
    ["another parent", `parent=${urn("mes:b:Other", "o")}`, secret("mes:b:Other$", "users")],
    ["no parent", "parent=none", secret("", "users")],
    ["the stack as parent, and another name", `name=old parent=${STACK}`, secret("", "old")],
  ])("is what an alias says: %s", (_, alias, former) => {
    expect(found([child("users", [alias])], former)).toEqual([former]);
  });

  it("follows a parent that was found by an alias, with the name that it had then", () => {
    const before = urn("mes:a:Part", "former");
    const children = [child("part-users"), child("tls"), child("new", ["name=old"])];
    const state = [before, secret("mes:a:Part$", "former-users"), secret("mes:a:Part$", "tls"), secret("mes:a:Part$", "old")];
    expect(found([part(["name=former"]), ...children], ...state)).toEqual(state);
  });

  it("is none where no alias leads to it", () => {
    expect(found([part([]), child("users", ["name=other"])], secret("mes:a:Part$", "old"))).toEqual([undefined, undefined]);
  });
});
