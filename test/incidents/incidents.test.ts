import { SERVICES } from "./cluster";
import { prodMonitoring, testIncidents } from "./ends";
import { INCIDENTS } from "./incidents";

const prod = prodMonitoring();

testIncidents(
  INCIDENTS.filter(({ place }) => place === undefined),
  prod,
);

describe("the world that is played", () => {
  it("has every target that the stack scrapes, and no other", () => {
    expect(SERVICES.flatMap(({ jobs }) => jobs).sort()).toEqual(Object.keys(prod().scrapes).sort());
  });
});
