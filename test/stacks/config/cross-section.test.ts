import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument, type Document } from "yaml";
import { ConfigError } from "../../../stacks/config/issues";
import { readStackFile, stackFilePath } from "../../../stacks/config/load";

const DEV = fs.readFileSync(stackFilePath(path.join(__dirname, "..", "..", ".."), "dev"), "utf8");

/** What is said of the stack file of dev after a change of it. */
function said(change: (document: Document) => void): string[] {
  const document = parseDocument(DEV);
  change(document);
  try {
    readStackFile("dev", document.toString());
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ key, message }) => `${key}: ${message}`);
  }
}

describe("what is wrong between concerns", () => {
  it.each<[string, (document: Document) => void, string]>([
    [
      "a queue",
      (it) => it.setIn(["config", "mes:roles", "order-intake", "consumes", 0, "queue"], "x"),
      "mes:roles.order-intake.consumes[0].queue: the broker has no queue x",
    ],
    [
      "an exchange",
      (it) => it.setIn(["config", "mes:roles", "outbox-relay", "publishes"], ["x"]),
      "mes:roles.outbox-relay.publishes[0]: the broker has no exchange x",
    ],
    ["the cache", (it) => it.setIn(["config", "mes:cache", "enabled"], false), "mes:roles.dashboard.cache: needs the cache"],
    [
      "GPUs",
      (it) => it.setIn(["config", "mes:roles", "pricing", "gpu"], it.createNode({})),
      "mes:roles.pricing.gpu: no node pool of mes:cluster has GPUs",
    ],
    [
      "the storage",
      (it) => it.deleteIn(["config", "mes:storage"]),
      "mes:roles.dashboard.storage.products: needs the bucket products",
    ],
  ])("is told: %s", (_, change, message) => {
    expect(said(change)).toContainEqual(expect.stringMatching(new RegExp(`^${message.replace(/[[\].]/g, "\\$&")}`)));
  });

  it("is told together with mistakes elsewhere, also in the same role", () => {
    const problems = said((document) => {
      document.setIn(["config", "mes:cluster", "zones"], 1);
      document.setIn(["config", "mes:roles", "outbox-relay", "resources", "memory"], "lots");
      document.setIn(["config", "mes:roles", "outbox-relay", "publishes"], ["x"]);
    });
    expect(problems).toEqual([
      expect.stringMatching(/^mes:cluster\.zones: expected a list/),
      expect.stringMatching(/^mes:roles\.outbox-relay\.resources\.memory: expected a quantity/),
      expect.stringMatching(/^mes:roles\.outbox-relay\.publishes\[0\]: the broker has no exchange x/),
    ]);
  });

  it("waits where the concern that it is about is wrong itself", () => {
    const problems = said((document) => {
      document.setIn(["config", "mes:broker"], 12);
      document.setIn(["config", "mes:roles", "outbox-relay", "publishes"], ["x"]);
    });
    expect(problems).toEqual(["mes:broker: expected a mapping, found 12"]);
  });

  it("is not asked of a role that is switched off", () => {
    expect(
      said((document) => {
        document.setIn(["config", "mes:roles", "dashboard", "enabled"], false);
        document.setIn(["config", "mes:cache", "enabled"], false);
      }),
    ).toEqual([]);
  });
});
