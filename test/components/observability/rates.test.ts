import * as fs from "node:fs";
import * as path from "node:path";
import { SHORTEST_RATE } from "../../../components/observability/rates";
import { parseDuration } from "../../../components/schema";

const GOLDEN = path.join(__dirname, "..", "..", "golden");

describe("rates", () => {
  it("of autoscalers, alerts and dashboards are taken over the shortest time that is said of them, or longer", () => {
    const texts = (fs.readdirSync(GOLDEN, { recursive: true }) as string[])
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => fs.readFileSync(path.join(GOLDEN, file), "utf8"));
    const windows = texts.flatMap((text) =>
      [...text.matchAll(/\b(?:i?rate|increase|delta)\([^[\]()]*\[(\d+[smhd])\]/g)].map(([, window = ""]) =>
        parseDuration(window),
      ),
    );
    expect(windows.length).toBeGreaterThan(20);
    expect(Math.min(...windows)).toBe(parseDuration(SHORTEST_RATE));
  });
});
