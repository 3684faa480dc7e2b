import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { makeTools } from "../cluster/tools";
import { INCIDENTS } from "./incidents";
import { playOut } from "./scenario";
import { monitoringOf, type Monitored } from "./stack";
import { SERVICES } from "./cluster";
import { verdict } from "./verdict";

const folder = mkdtempSync(path.join(tmpdir(), "mes-incidents-"));
let prod: Monitored;

beforeAll(async () => {
  await makeTools("play-incidents");
  prod = await monitoringOf("prod", folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an incident ends in one page with the right title, its cause first, and is over afterwards", () => {
  it.each(INCIDENTS.filter(({ holds }) => holds).map((incident) => [incident.name, incident] as const))(
    "%s",
    async (_, incident) => {
      expect(verdict(incident, await playOut(prod, incident))).toEqual([]);
    },
  );
});

describe("the world that is played", () => {
  it("has every target that the stack scrapes, and no other", () => {
    expect(SERVICES.flatMap(({ jobs }) => jobs).sort()).toEqual(Object.keys(prod.scrapes).sort());
  });
});
