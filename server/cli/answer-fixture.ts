import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { TestContext } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { runCommandLine } from "./sekisho.ts";

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? null : JSON.parse(text);
};

/** An admin API that gives every request the same answer, and what it was asked. */
export const serveAnswer = async (t: TestContext, reply: unknown) => {
  const asked: [line: string, body: unknown][] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      asked.push([`${request.method} ${request.url}`, body]);
      response.end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const env = {
    SEKISHO_URL: `http://127.0.0.1:${address.port}`,
    SEKISHO_ADMIN_KEY: "k",
  };
  const run = async (...argv: string[]) => {
    const said = { out: "", err: "" };
    const exit = await runCommandLine(argv, {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      env,
      clock: new VirtualClock(),
    });
    return { exit, ...said };
  };
  return { asked, run };
};
