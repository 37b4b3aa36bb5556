import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import type { TokenView } from "@sekisho/wire/admin/tokens.ts";
import { launchChromium, noChromium } from "../harness/chromium.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

/** An origin of its own: a page that says nothing. */
async function openPage() {
  const server = createServer((_request, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end("<!doctype html><title>shop</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const url = `http://127.0.0.1:${address.port}`;
  return { url, [Symbol.asyncDispose]: async () => void server.close() };
}

const secret = "secret-of-the-shop";

/** What a page reads of a streamed answer, or the name of the error that it gets instead. */
const asked = (url: string, token: string): string => `
  fetch(${JSON.stringify(`${url}/v1/chat/completions`)}, {
    method: "POST",
    headers: { authorization: "Bearer ${token}", "content-type": "application/json" },
    body: JSON.stringify({
      model: "sole",
      stream: true,
      messages: [{ role: "user", content: "Hello [[sim: tokens=2]]" }],
    }),
  }).then(
    async (answer) =>
      answer.status + " " + answer.headers.get("x-request-id") + " " + (await answer.text()),
    (error) => error.name,
  )`;

test(
  "SEC-19 a page of the key's origin reads a stream with its token, a page of another nothing",
  { skip: noChromium },
  async () => {
    await using shop = await openPage();
    await using evil = await openPage();
    await using gateway = await GatewayUnderTest.start({
      config: (url) => {
        const steered = steeredConfig(url);
        const keys = [{ id: "shop", secret, origins: [shop.url] }];
        return { ...steered, tenants: { ...steered.tenants, acme: { keys } } };
      },
    });
    const authorization = `Bearer ${secret}`;
    const made = await gateway.post("/v1/tokens", { user: "u1" }, { authorization });
    // The server's own answer.
    const { token } = (await made.json()) as TokenView;
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(shop.url);
      const read = await page.evaluate<string>(asked(gateway.url, token));
      assert.match(read, /^200 req_\w+ data: /);
      await page.goto(evil.url);
      assert.equal(await page.evaluate<string>(asked(gateway.url, token)), "TypeError");
    } finally {
      await browser.close();
    }
  },
);
