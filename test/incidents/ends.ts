import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { makeTools } from "../cluster/tools";
import type { Incident } from "./incidents";
import { playOut } from "./scenario";
import { monitoringOf, type Monitored } from "./stack";
import { verdict } from "./verdict";

/** The monitoring of prod, for the tests of a file: made before them, removed after them. */
export function prodMonitoring(): () => Monitored {
  const folder = mkdtempSync(path.join(tmpdir(), "mes-incidents-"));
  let prod: Monitored;
  beforeAll(async () => {
    await makeTools("play-incidents");
    prod = await monitoringOf("prod", folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => prod;
}

/** A test of each incident that was seen to end as it should. */
export function testIncidents(incidents: readonly Incident[], prod: () => Monitored): void {
  describe("an incident ends in one page with the right title, its cause first, and is over afterwards", () => {
    it.each(incidents.filter(({ holds }) => holds).map((incident) => [incident.name, incident] as const))(
      "%s",
      async (_, incident) => {
        expect(verdict(incident, await playOut(prod(), incident))).toEqual([]);
      },
    );
  });
}
