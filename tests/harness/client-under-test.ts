import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { SekishoClient } from "sekisho/client";
import { complaintsOf, launchChromium } from "./chromium.ts";
import type { ClientLook } from "./client-look.ts";
import { CutProxy } from "./cut-proxy.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { steeredConfig } from "./steered-config.ts";
import { until } from "./until.ts";

const root = join(import.meta.dirname, "../..");
const secret = "secret-of-the-shop";
const hastySecret = "secret-of-the-hasty-shop";

/** What is asked for by tokens of the hasty key ends so long behind its last reader. */
export const hastyGraceMs = 1_000;

/**
 * Tokens that end are told of with pings. Who answers none of six has lost the session: 3 s, which
 * a page on a busy machine may take.
 */
export const heartbeatMs = 500;

/** The page's program as one script: the client's sources, and React. */
async function bundled(): Promise<string> {
  const made = await build({
    configFile: false,
    root,
    logLevel: "error",
    cacheDir: join(root, "node_modules/.cache/vite-client-page"),
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: join(import.meta.dirname, "client-page.ts") },
    },
  });
  assert.ok("output" in made);
  const [script] = made.output;
  return script.code;
}

async function servePage(script: string): Promise<Server> {
  const server = createServer(({ url }, answer) => {
    const isScript = url === "/page.js";
    answer.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    const html =
      '<!doctype html><link rel="icon" href="data:,"><div id="root"></div>' +
      '<script type="module" src="/page.js"></script>';
    answer.end(isScript ? script : html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** The client in a page of another origin, a gateway, and a wire between them that can be cut. */
export class ClientUnderTest implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;
  readonly proxy: CutProxy;
  readonly #browser: Browser;
  readonly #origin: string;
  readonly #parts: AsyncDisposableStack;

  private constructor(
    { gateway, proxy, browser }: { gateway: GatewayUnderTest; proxy: CutProxy; browser: Browser },
    origin: string,
    parts: AsyncDisposableStack,
  ) {
    this.gateway = gateway;
    this.proxy = proxy;
    this.#browser = browser;
    this.#origin = origin;
    this.#parts = parts;
  }

  static async start(): Promise<ClientUnderTest> {
    await using parts = new AsyncDisposableStack();
    const server = parts.adopt(await servePage(await bundled()), async (pages) => {
      pages.close();
    });
    // It listens on a port, so its address is one of TCP.
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = parts.use(
      await GatewayUnderTest.start({
        config: (url) => {
          const steered = steeredConfig(url);
          const keys = [
            { id: "shop", secret, origins: [origin] },
            {
              id: "hasty",
              secret: hastySecret,
              origins: [origin],
              streamGraceMs: hastyGraceMs,
            },
          ];
          return {
            ...steered,
            streams: { heartbeatMs },
            tenants: { ...steered.tenants, acme: { keys } },
          };
        },
      }),
    );
    const proxy = parts.use(await CutProxy.start(gateway.url));
    const browser = parts.adopt(await launchChromium(), (opened) => opened.close());
    return new ClientUnderTest({ gateway, proxy, browser }, origin, parts.move());
  }

  /** A token for the page's user. */
  async issue(expiresInMs = 60_000, isHasty = false): Promise<string> {
    const headers = { authorization: `Bearer ${isHasty ? hastySecret : secret}` };
    const answer = await this.gateway.post("/v1/tokens", { user: "u1", expiresInMs }, headers);
    // The gateway's own shape.
    return ((await answer.json()) as { token: string }).token;
  }

  /** A fresh page with a client whose tokens live so long; with `isStill` its timers stand. */
  async open({ lifeMs = 60_000, isStill = false, isHasty = false } = {}): Promise<ClientPage> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    const opened = new ClientPage(page);
    await page.exposeFunction("freshToken", () => {
      opened.tokens += 1;
      return this.issue(lifeMs, isHasty);
    });
    if (isStill) await page.clock.install({ time: 0 });
    await page.goto(this.#origin);
    if (isStill) await page.clock.pauseAt(60_000);
    await page.evaluate(`page.open({ url: "${this.proxy.url}", token: freshToken })`);
    return opened;
  }

  /** What another reader, whose wire holds, is told of a response from its first event on. */
  async whole(response: string): Promise<string> {
    const client = new SekishoClient({ url: this.gateway.url, token: () => this.issue() });
    const answer = client.resume(response);
    await answer.ended;
    client.close();
    return answer.text;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}

/** A page with the client in it. */
export class ClientPage implements AsyncDisposable {
  readonly page: Page;
  readonly complaints: string[];
  /** How many the page has asked for. */
  tokens = 0;

  constructor(page: Page) {
    this.page = page;
    this.complaints = complaintsOf(page);
  }

  look(): Promise<ClientLook> {
    return this.page.evaluate<ClientLook>("page.look()");
  }

  /** Says something to the page's program. */
  async say(word: "start" | "ask", content: string): Promise<void> {
    await this.page.evaluate(`page.${word}(${JSON.stringify(content)})`);
  }

  /** The first look at the answer that is as `isRight` wants it. */
  seen(what: string, isRight: (look: ClientLook) => boolean): Promise<ClientLook> {
    const look = async (): Promise<ClientLook | null> => {
      const now = await this.look();
      return isRight(now) ? now : null;
    };
    return until(what, look);
  }

  /** Some of the answer has come. */
  begun(): Promise<ClientLook> {
    return this.seen("the answer has begun", ({ text }) => text.length > 20);
  }

  ended(): Promise<ClientLook> {
    return this.seen("the answer is over", ({ state }) => state === "done" || state === "failed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
