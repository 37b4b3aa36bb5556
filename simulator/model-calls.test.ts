import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Bill } from "./bill/bill.ts";
import type { Surface } from "./dialect.ts";
import { Journal } from "./journal/journal.ts";
import { KnownQuestions } from "./known-questions.ts";
import { ModelCalls } from "./model-calls.ts";
import { openaiSurfaces } from "./openai/surfaces.ts";
import { Gate } from "./play/gate.ts";
import { PromptCache } from "./prompt-cache.ts";
import { RuleBook } from "./scenario/rule-book.ts";

const [chat = assert.fail("no surface")] = openaiSurfaces;

const serve = async (surface: Surface, heldLimit: number): Promise<[string, Gate, () => void]> => {
  const clock = new VirtualClock();
  const gate = new Gate(heldLimit);
  const calls = new ModelCalls({
    clock,
    gate,
    rules: new RuleBook(clock, new SeededRandom(1)),
    journal: new Journal(10),
    bill: new Bill(undefined),
    cache: new PromptCache(clock),
    keys: null,
    accessKeys: null,
    idSeed: "x-",
  });
  const questions = new KnownQuestions(surface, new SeededRandom(1));
  const place = { region: "global", surface, questions, model: "" };
  const server = createServer((request, response) => calls.serve(request, response, place));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const close = (): void => server.close().closeAllConnections();
  return [`http://127.0.0.1:${port}`, gate, close];
};

const ask = (url: string, text: string): Promise<Response> => {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: text }] });
  return fetch(url, { method: "POST", body });
};

test("a full gate refuses to hold another call", async () => {
  const [url, gate, close] = await serve(chat, 1);
  const held = ask(url, "x [[sim:hold]]");
  await new Promise<void>((resolve) => gate.whenHeld(1, resolve));
  const refused = await ask(url, "x [[sim:hold]]");
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /1 are held, the limit is 1/);
  gate.release();
  assert.equal((await held).status, 200);
  close();
});

test("who comes to its pause at a full gate is cut", async () => {
  const [url, gate, close] = await serve(chat, 1);
  const held = ask(url, "x [[sim:hold]]");
  await new Promise<void>((resolve) => gate.whenHeld(1, resolve));
  await assert.rejects(ask(url, "x [[sim: pause=1]]"));
  gate.release();
  assert.equal((await held).status, 200);
  close();
});

test("a bug in a dialect is a 500 that tells nothing, not the end of the process", async () => {
  const broken: Surface = {
    ...chat,
    prepare: () => {
      throw new TypeError("secret detail");
    },
  };
  const [url, , close] = await serve(broken, 1);
  const response = await ask(url, "x");
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
  close();
});
