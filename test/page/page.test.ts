import * as fs from "node:fs";
import * as path from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { assess } from "../../review/assessment/assess";
import { diffPlans } from "../../review/diff/changes";
import { addressOf, VIEWS } from "../../review/page/address";
import { outlookOf } from "../../review/forecast/outlook";
import { reviewPage } from "../../review/page/page";
import type { Plan } from "../../review/plan/plan";
import { findingsOf } from "../../review/rules";
import { planOfChanged } from "../helpers/changed-stack";
import { planned } from "../helpers/plans";
import { deployment, object, planOf } from "../review/fixtures";
import { Browsers } from "./browser";

const browsers = new Browsers();
const PICTURES = process.env.MES_PICTURES;

/** The page of prod with some changes that a reviewer has to decide on. */
let address = "";
let plan: Plan;

beforeAll(async () => {
  const before = await planned("prod");
  plan = await planOfChanged("prod", (file) => {
    file.setIn(["config", "mes:roles", "order-intake", "consumes", 0, "prefetch"], 40);
    file.setIn(["config", "mes:roles", "order-api", "scale", "max"], 30);
    file.setIn(["config", "mes:roles", "pricing", "scale", "max"], 2);
    file.setIn(["config", "mes:forecast", "work", "pricing", "seconds"], 3);
    file.deleteIn(["config", "mes:broker", "queues", "orders.status"]);
    file.setIn(["config", "mes:broker", "externalClients", "crm", "consumes"], ["orders.public"]);
  });
  const findings = findingsOf(plan);
  const base = { title: "main", resources: before.resources };
  const outlook = outlookOf(plan, "Pulumi.prod.yaml", before.resources);
  const assessment = { ...assess({ plan, base, diff: diffPlans(before.resources, plan), findings, causes: () => [] }), outlook };
  address = browsers.write("prod", reviewPage(plan, findings, { assessment, outlook }));
});

const shown = (page: Page) => page.locator("main > section:visible h2").innerText();
const rows = (page: Page) => page.locator(".resources > li:visible");

describe("a reviewer", () => {
  it("sees the verdict first, and gets to each change that is dangerous", async () => {
    const { page, complaints } = await browsers.open(address);
    expect(await shown(page)).toBe("Verdict");
    expect(await page.locator(".verdict .headline").innerText()).toContain("Do not apply this as it is");
    await page.locator(".tiles a.destroy").click();
    expect(await shown(page)).toBe("Changes");
    expect(page.url()).toMatch(/#changes\?verdict=destroy$/);
    const changes = page.locator("article.change:visible");
    expect(await changes.count()).toBeGreaterThan(0);
    for (const one of await changes.all()) expect(await one.getAttribute("data-verdict")).toBe("destroy");
    await page.getByRole("link", { name: /^all/ }).click();
    expect(await changes.count()).toBeGreaterThan(await page.locator('article.change[data-verdict="destroy"]').count());
    expect(complaints).toEqual([]);
  });

  it("sees how many orders come late, where they wait, and what that costs", async () => {
    const { page, complaints } = await browsers.open(address);
    expect(await page.locator(".verdict").innerText()).toMatch(/[\d,]+ of 105,400 orders come late, before: none/);
    await page.getByRole("link", { name: "Forecast", exact: true }).last().click();
    expect(await shown(page)).toBe("Forecast");
    const plots = page.locator("#forecast svg.plot");
    expect(await page.getByRole("img", { name: /^Waiting at pricing: .* orders late here$/ }).count()).toBe(1);
    for (const one of await plots.all()) expect((await one.boundingBox())?.width).toBeGreaterThan(200);
    // Pods before are drawn beside those of now, and are fewer or more.
    const pods = page.getByRole("img", { name: /^Pods of pricing/ });
    const drawn = await pods.locator("path.curve").evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
    expect(new Set(drawn).size).toBe(2);
    expect(await page.locator("#forecast").innerText()).toMatch(/known together\s.*−[\d,]+/);
    expect(complaints).toEqual([]);
  });

  it("goes from the way of an order to a resource, and back", async () => {
    const { page, complaints } = await browsers.open(`${address}#orders`);
    await page.locator("#orders svg a", { hasText: "order-intake" }).click();
    expect(await shown(page)).toBe("Deployment order-intake");
    expect(await page.locator("pre.inputs").innerText()).toContain("kind: Deployment");
    expect(await page.locator("#detail").innerText()).toContain("depends on");
    await page.goBack();
    expect(await shown(page)).toBe("Order flow");
    await page.goForward();
    expect(await shown(page)).toBe("Deployment order-intake");
    expect(complaints).toEqual([]);
  });

  it("sends an address, and who opens it sees the same", async () => {
    const { page } = await browsers.open(`${address}#resources?q=order-intake&kind=ScaledObject`);
    expect(await rows(page).count()).toBe(1);
    expect(await page.locator("#q").inputValue()).toBe("order-intake");
    await rows(page).locator("a").click();
    const { page: other } = await browsers.open(page.url());
    expect(await shown(other)).toBe("ScaledObject order-intake");
  });

  it("finds a resource by any of its values, and narrows by kind and mark", async () => {
    const { page, complaints } = await browsers.open(`${address}#resources`);
    const all = await rows(page).count();
    await page.locator("#q").fill("orders.inbound quorum");
    expect(await page.locator("#shown").innerText()).toMatch(new RegExp(`^\\d+ of ${all} resources$`));
    expect(await rows(page).count()).toBeLessThan(10);
    expect(await rows(page).allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining("Queue")]));
    await page.locator("#kind").selectOption("Queue");
    expect(await rows(page).locator(".name").allInnerTexts()).toEqual(["orders.inbound", "orders.inbound.parked"]);
    await page.locator("#q").press("Escape");
    expect(page.url()).toMatch(/#resources\?kind=Queue$/);
    await page.locator("#kind").selectOption("");
    await page.locator("#mark").selectOption("changed");
    expect(await rows(page).count()).toBeGreaterThan(0);
    expect(await rows(page).count()).toBeLessThan(all);
    await page.locator("#q").fill("qqqzzz");
    expect(await page.locator("#shown").innerText()).toBe(`0 of ${all} resources`);
    expect(complaints).toEqual([]);
  });

  it("needs no mouse", async () => {
    const { page } = await browsers.open(address);
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").innerText()).toBe("Skip to the content");
    expect(await page.evaluate("document.activeElement.getBoundingClientRect().top")).toBeGreaterThanOrEqual(0);
    await page.keyboard.press("Enter");
    expect(await page.locator(":focus").getAttribute("id")).toBe("main");
    await page.keyboard.press("/");
    expect(await shown(page)).toBe("Resources");
    await page.keyboard.type("order-api");
    await page.keyboard.press("Tab");
    while (await page.evaluate<boolean>("document.activeElement.closest('.resources') === null"))
      await page.keyboard.press("Tab");
    const outline = await page.evaluate("Number.parseFloat(getComputedStyle(document.activeElement).outlineWidth)");
    expect(outline).toBeGreaterThanOrEqual(2);
    await page.keyboard.press("Enter");
    expect(await page.locator(":focus").getAttribute("id")).toBe("resource-title");
    expect(await shown(page)).toContain("order-api");
  });

  it("reads verdict, findings, changes and graphs without the script", async () => {
    const { page } = await browsers.open(address, { javaScriptEnabled: false });
    for (const view of VIEWS) expect(await page.locator(`#${view}`).isVisible()).toBe(true);
    expect(await page.locator(".filters").isVisible()).toBe(false);
    expect(await page.locator("#orders svg a").count()).toBeGreaterThan(10);
  });

  it("prints all views but the resource", async () => {
    const { page } = await browsers.open(`${address}#capacity`);
    await page.emulateMedia({ media: "print" });
    for (const view of VIEWS) expect(await page.locator(`#${view}`).isVisible()).toBe(true);
    expect(await page.locator("header nav").isVisible()).toBe(false);
  });
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it.each([...VIEWS, "resource"])("nobody is kept out of %s", async (view) => {
    const hash = view === "resource" ? resourceHash() : `#${view}`;
    const { page, complaints } = await browsers.open(`${address}${hash}`, { colorScheme });
    await page.evaluate(axe.source);
    const found = await page.evaluate<axe.AxeResults>(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
    );
    expect(
      found.violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html)
            .join(" ")}`,
      ),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each([360, 768, 1440])("nothing is wider than a window of %d", async (width) => {
    const { page, complaints } = await browsers.open(address, { colorScheme, viewport: { width, height: 800 } });
    for (const hash of [...VIEWS.map((view) => `#${view}`), resourceHash()]) {
      await page.goto(`${address}${hash}`);
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect({ hash, fits: wide <= 0 }).toEqual({ hash, fits: true });
      if (PICTURES !== undefined) {
        fs.mkdirSync(PICTURES, { recursive: true });
        const name = `${/\w+/.exec(hash)?.[0] ?? ""}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: path.join(PICTURES, name), fullPage: true });
      }
    }
    expect(complaints).toEqual([]);
  });
});

/** The address of a resource with much to say. */
function resourceHash(): string {
  const role = plan.resources.find(({ type, name }) => type === "kubernetes:apps/v1:Deployment" && name === "order-intake");
  return addressOf(role?.urn ?? "");
}

describe("3,000 resources", () => {
  it("are listed and searched without a hitch", async () => {
    const many = Array.from({ length: 1000 }, (_, i) => [
      deployment(`role-${i}`),
      object("v1", "Secret", `secret-${i}`, { stringData: { key: "[secret]" } }),
      object("v1", "ConfigMap", `config-${i}`, { data: { "a.conf": `port = ${i}\n`.repeat(40) } }),
    ]).flat();
    const large = browsers.write("large", reviewPage(planOf(many), []));
    const started = Date.now();
    const { page, complaints } = await browsers.open(`${large}#resources`);
    expect(await page.locator("#shown").innerText()).toBe("3000 resources");
    expect(Date.now() - started).toBeLessThan(15_000);
    // Each filter in the browser's own time, up to the next frame; generous, for a machine that does other things.
    const took = await page.evaluate<number[]>(`(async () => {
      const q = document.querySelector("#q");
      const times = [];
      for (const word of ["r", "ro", "role-999", "port = 77", ""]) {
        const from = performance.now();
        q.value = word;
        q.dispatchEvent(new Event("input", { bubbles: true }));
        document.body.getBoundingClientRect();
        await new Promise((resolve) => requestAnimationFrame(resolve));
        times.push(performance.now() - from);
      }
      return times;
    })()`);
    expect(Math.max(...took)).toBeLessThan(3_000);
    await page.locator("#q").fill("port = 777 config-777");
    expect(await page.locator(".resources > li:visible").count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("do not move what is already there", async () => {
    const { page } = await browsers.open(address);
    const shift = await page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 500);
    })`);
    expect(shift).toBeLessThan(0.01);
  });
});
