import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { ensureConsole } from "../../scripts/console/ensure-console.ts";
import { complaintsOf, launchChromium } from "./chromium.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { until } from "./until.ts";

const root = join(import.meta.dirname, "../..");
const screenshots = join(root, "tests/browser/screenshots");

/** Two places of one simulator and a model that fails over between them, circuits as they are. */
const config = (simulatorUrl: string, models: ConfigInput["models"]): ConfigInput => ({
  providers: {
    near: { kind: "simulator", region: "us-east-1", baseUrl: `${simulatorUrl}/us-east-1/v1` },
    far: { kind: "simulator", region: "us-west-2", baseUrl: `${simulatorUrl}/us-west-2/v1` },
  },
  models: {
    pair: {
      targets: [
        { provider: "near", model: "gpt-4-turbo", priority: 0 },
        { provider: "far", model: "gpt-4-turbo", priority: 1 },
      ],
      balance: "failover",
    },
    sole: { targets: [{ provider: "far", model: "gpt-4" }], attempts: { max: 1 } },
    ...models,
  },
  tenants: {
    demo: {
      rates: [{ scope: "key", requestsPerSecond: 1_000, burst: 1_000 }],
      // Of calls that name a session or a rule alone.
      budgets: [
        { scope: "session", outputTokens: 40, alerts: [0.5] },
        { scope: "rule", window: "day", usd: 0.01, alerts: [0.05] },
      ],
    },
    acme: {},
  },
});

/** How administrators come in beside their keys. */
export interface OwnDoor {
  readonly admin?: ConfigInput["admin"];
  readonly env?: Readonly<Record<string, string>>;
}

/** The real program with its console built, and a browser to look at it. */
export class ConsoleUnderTest implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;
  readonly #browser: Browser;

  private constructor(gateway: GatewayUnderTest, browser: Browser) {
    this.gateway = gateway;
    this.#browser = browser;
  }

  /** With these models besides `pair` and `sole`. */
  static async start(
    models: ConfigInput["models"] = {},
    { admin, env }: OwnDoor = {},
  ): Promise<ConsoleUnderTest> {
    const ensured = await ensureConsole(root, () => {});
    if (ensured.kind === "failed") throw new Error(`The console is not built: ${ensured.why}`);
    const gateway = await GatewayUnderTest.start({
      config: (url) => ({ ...config(url, models), ...(admin === undefined ? {} : { admin }) }),
      ...(env === undefined ? {} : { env }),
    });
    try {
      return new ConsoleUnderTest(gateway, await launchChromium());
    } catch (error) {
      await gateway[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.gateway.server.ready.urls["console"] ?? "";
  }

  get adminKey(): string {
    return this.gateway.server.ready.adminKey ?? "";
  }

  /** A page of a fresh browser profile, and what it complains of from then on. */
  async open(options: BrowserContextOptions = {}): Promise<OpenPage> {
    const context = await this.#browser.newContext({
      viewport: { width: 1_280, height: 900 },
      locale: "en-US",
      colorScheme: "light",
      ...options,
    });
    const page = await context.newPage();
    return new OpenPage(page, this);
  }

  /** What the admin API says, as JSON. */
  async ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = {
      authorization: `Bearer ${this.adminKey}`,
      "content-type": "application/json",
    };
    const url = `${this.gateway.server.ready.urls["admin"]}${path}`;
    const response = await fetch(url, { ...init, headers });
    // The server's own answer, of the shape that its caller names.
    return (await response.json()) as T;
  }

  /** So many calls at once, to their end. */
  async call(count: number, model: string, content = "Hello"): Promise<void> {
    const calls = Array.from({ length: count }, async (_, n) => {
      const answer = await this.gateway.chat(content, { model, stream: n % 2 === 0 });
      await answer.arrayBuffer();
    });
    await Promise.all(calls);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.gateway[Symbol.asyncDispose]();
  }
}

/** One page of the console. */
export class OpenPage implements AsyncDisposable {
  readonly page: Page;
  readonly complaints: string[];
  readonly #console: ConsoleUnderTest;

  constructor(page: Page, console: ConsoleUnderTest) {
    this.page = page;
    this.#console = console;
    this.complaints = complaintsOf(page);
  }

  async signIn(
    key: string = this.#console.adminKey,
    url: string = this.#console.url,
  ): Promise<void> {
    await this.page.goto(url);
    await this.page.locator("#key").fill(key);
    await this.page.keyboard.press("Enter");
  }

  /** Signed in, with the first figures shown. */
  async overview(url: string = this.#console.url): Promise<void> {
    await this.signIn(this.#console.adminKey, url);
    await this.page.locator("#targets, #first-title").first().waitFor();
  }

  /** The text of a tile, once it is what `isRight` wants. */
  tile(label: string, isRight: (text: string) => boolean): Promise<string> {
    const tile = this.page.locator("a.card", { hasText: new RegExp(`^${label}`) });
    const look = async (): Promise<string | null> => {
      const text = (await tile.innerText()).replaceAll(/\s+/g, " ");
      return isRight(text) ? text : null;
    };
    // The ledger is asked every five seconds.
    return until(`the tile ${label}`, look);
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
