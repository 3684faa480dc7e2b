import { brokerUsers, bucketUsers, databaseUsers } from "../../../components/mes/users";
import { environment } from "../../helpers/record";
import { roles, WHOLE } from "./fixture";

describe("users that the roles need", () => {
  const all = roles(WHOLE);

  it("have the access of their role and all of its pods", () => {
    expect(databaseUsers(all)).toEqual([
      { name: "order-intake", access: "readwrite", poolSize: 5, instances: 13 },
      { name: "order-api", access: "readwrite", poolSize: 8, instances: 10 },
      { name: "dashboard", access: "readonly", poolSize: 10, instances: 3 },
      { name: "outbox-relay", access: "relay", poolSize: 2, instances: 3 },
    ]);
    expect(brokerUsers(all)).toEqual([
      { name: "order-intake", consumes: ["orders.inbound"], publishes: [] },
      { name: "outbox-relay", consumes: [], publishes: ["orders"] },
    ]);
    expect(bucketUsers(all, environment()).map(({ name, buckets }) => [name, buckets])).toEqual([
      ["dashboard", { products: "read" }],
      ["pricing", { products: "read" }],
    ]);
  });

  it("are not there for a role that is switched off", () => {
    const off = roles({ a: { ...WHOLE.dashboard, enabled: false }, b: {} });
    expect(databaseUsers(off)).toEqual([]);
    expect(bucketUsers(off, environment())).toEqual([]);
  });
});
