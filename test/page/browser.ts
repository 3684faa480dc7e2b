import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { debianPackages } from "../helpers/debian";

/** A browser, with a font to draw with. */
const PACKAGES = { chromium: "chromium", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core" };

/** Without a sandbox, as root has to, and without what would ask the network by itself. */
const OPTIONS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** A page that was opened, and what it did that no page may do. */
interface Opened {
  readonly page: Page;
  /** Messages in the console, errors, and requests for anything but the page itself. */
  readonly complaints: readonly string[];
}

/** A browser for all tests of a file, and the files that it opens. */
export class Browsers {
  private browser: Browser | undefined;
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-page-"));

  constructor() {
    beforeAll(async () => {
      await debianPackages(PACKAGES);
      this.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: OPTIONS });
    });
    afterAll(async () => {
      await this.browser?.close();
      fs.rmSync(this.folder, { recursive: true });
    });
  }

  /** Writes a page for `open`. @returns its address */
  write(name: string, text: string): string {
    const file = path.join(this.folder, `${name}.html`);
    fs.writeFileSync(file, text);
    return pathToFileURL(file).href;
  }

  /** Opens a page in a window of its own. @default options a window of 1440 by 900, light */
  async open(address: string, options: BrowserContextOptions = {}): Promise<Opened> {
    if (this.browser === undefined) throw new Error("the browser has not been started yet");
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    const [own] = address.split("#");
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== own) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(address);
    return { page, complaints };
  }
}
