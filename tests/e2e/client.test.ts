import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { AbstractChat, type ChatState, type ChatTransport, type UIMessage } from "ai";
import { EventSource } from "undici";
import { SekishoChatTransport } from "sekisho/client/ai";
import { SekishoClient } from "sekisho/client";
import { CutProxy } from "../harness/cut-proxy.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { until } from "../harness/until.ts";
import { readThroughCuts } from "./streams/cut-readers.ts";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start();
});
after(() => gateway[Symbol.asyncDispose]());

test("STR-4 streams through resets and half closes: nothing lost, nothing twice", async () => {
  const { reconnections } = await readThroughCuts(gateway, 20);
  // Ten streams are on one session, the others have connections of their own.
  assert.ok(reconnections >= 3 * 11, `${reconnections} reconnections`);
});

const clientFolder = join(import.meta.dirname, "../../client");

test("STR-10 the client is at most 8 KB gzipped, without React and without a minifier", () => {
  const sources = readdirSync(clientFolder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/\.test\.ts$|-fixture\.ts$|^react/.test(name),
  );
  assert.ok(sources.length >= 5);
  const code = sources
    .map((name) => stripTypeScriptTypes(readFileSync(join(clientFolder, name), "utf8")))
    .join("\n");
  const bytes = gzipSync(code).length;
  assert.ok(bytes <= 8_192, `${bytes} bytes`);
});

class State implements ChatState<UIMessage> {
  status: ChatState<UIMessage>["status"] = "ready";
  error: Error | undefined;
  messages: UIMessage[] = [];
  pushMessage = (message: UIMessage): void => void this.messages.push(message);
  popMessage = (): void => void this.messages.pop();
  replaceMessage = (index: number, message: UIMessage): void => {
    this.messages[index] = message;
  };
  snapshot = <T>(thing: T): T => structuredClone(thing);
}

class Chat extends AbstractChat<UIMessage> {}

test("STR-5 a chat of the AI SDK goes on over a cut, and is stopped", async () => {
  await using proxy = await CutProxy.start(gateway.url);
  const client = new SekishoClient({ url: proxy.url, token: gateway.key });
  const transport: ChatTransport<UIMessage> = new SekishoChatTransport({ client, model: "sole" });
  const chat = new Chat({ transport, state: new State() });
  const partsOf = (): string =>
    chat.lastMessage?.parts.map((part) => (part.type === "text" ? part.text : "")).join("") ?? "";
  const asked = chat.sendMessage({ text: "Go on [[sim: tokens=60 pause=30]]" });
  await until("the answer has begun", () =>
    chat.lastMessage?.role === "assistant" && partsOf().length > 20 ? true : null,
  );
  proxy.cut();
  await gateway.letGo();
  await asked;
  assert.deepEqual([chat.status, chat.error], ["ready", undefined]);
  const said = partsOf();
  assert.ok(said.length > 100);
  const rows = gateway.ledger.rows.filter(
    ({ surface, attempt }) => surface === "stream" && attempt === 0,
  );
  assert.ok(rows.length > 0);
  const stopped = chat.sendMessage({ text: "And on [[sim: tokens=60 pause=30]]" });
  await until("the answer has begun", () =>
    partsOf().length > 20 && partsOf() !== said ? true : null,
  );
  await chat.stop();
  await stopped;
  await until(
    "the provider sees its caller leave",
    () => gateway.simulator.calls().at(-1)?.clientGoneMs ?? null,
  );
  client.close();
});

test("STR-5 an EventSource resumes by itself, and ends with the answer", async () => {
  const begun = await gateway.chat(
    "Go on [[sim: tokens=60 pause=30]]",
    { stream: true },
    { "x-sekisho-resumable": "true" },
  );
  const id = begun.headers.get("x-sekisho-stream") ?? "";
  await begun.body?.cancel();
  await using proxy = await CutProxy.start(gateway.url);
  const source = new EventSource(`${proxy.url}/v1/streams/${id}?token=${gateway.key}`);
  const seen: string[] = [];
  source.addEventListener("message", ({ data }) => seen.push(String(data)));
  await until("some events came", () => (seen.length > 10 ? true : null));
  proxy.cut();
  await gateway.letGo();
  await until("the source has closed itself", () => (source.readyState === 2 ? true : null));
  assert.equal(seen.at(-1), "[DONE]");
  const whole = await fetch(`${gateway.url}/v1/streams/${id}?token=${gateway.key}`);
  const all = (await whole.text()).split("\n").filter((line) => line.startsWith("data: "));
  assert.deepEqual(
    seen,
    all.map((line) => line.slice("data: ".length)),
  );
});
