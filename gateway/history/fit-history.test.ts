import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { chatHistory } from "@sekisho/wire/openai/history.ts";
import { clientRequest } from "../admission/client-request.ts";
import { estimateInputTokens } from "../estimate-tokens.ts";
import {
  bodyOf,
  chat,
  dialects,
  responses,
  type Dialect,
  type Turn,
} from "./conversations-fixture.ts";
import { fitHistory, type Fitted } from "./fit-history.ts";
import { allowanceOf } from "../admission/means.ts";
import { Conversation } from "./conversation.ts";
import type { HistoryPolicy, ModelEntry } from "../model-entry.ts";
import type { ClientRequest, SurfaceHead } from "../request.ts";
import { entry, target } from "../route/route-fixture.ts";
import { withSummary } from "./summarised-history.ts";
import { validate } from "../validate/validate.ts";

const aText = (mark: string) =>
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom("word ", "日本", 'a"\\\n', "ё🎌"))
    .map(([times, piece]) => `${mark} ${piece.repeat(times)}`);

const aTurn: fc.Arbitrary<Turn> = fc.record({
  user: aText("user"),
  rounds: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
  answer: fc.option(aText("answer"), { freq: 6 }),
  system: fc.option(aText("system"), { freq: 1 }),
});

const aConversation = fc.record({
  turns: fc.array(aTurn, { minLength: 1, maxLength: 12 }),
  /** Some clients number their calls anew in each turn. */
  reusesIds: fc.boolean(),
  roomPercent: fc.integer({ min: 5, max: 99 }),
});

const policied = (history: HistoryPolicy): ModelEntry => ({
  ...entry([target("a")]),
  steering: { panicBelow: null, hedge: null, midStream: "error", history },
});

const read = (said: SurfaceHead, body: Buffer): ClientRequest =>
  clientRequest(validate(said, body), body);

/** Refuses as a plan does what is longer than so many tokens by estimate. */
function planIn(room: number) {
  return (request: ClientRequest): number => {
    const needed = estimateInputTokens(request);
    if (needed <= room) return needed;
    const facts = { budgetType: "context_window", limit: room, needed };
    throw new Failure<Code>("context_length_exceeded", "Cannot call", { facts });
  };
}

function refusalOf(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error;
  }
  return assert.fail("it was planned");
}

type Shortening =
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "fitted"; readonly fitted: Fitted<number> };

function shorten(said: SurfaceHead, body: Buffer, room: number): Shortening {
  const request = read(said, body);
  const refusal = refusalOf(() => planIn(room)(request));
  const long = { entry: policied("dropOldest"), request, body, said: () => said };
  try {
    return { kind: "fitted", fitted: fitHistory(long, refusal, planIn(room)) };
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return { kind: "refused", failure: error };
  }
}

/** Elements of `all` that `kept` has, in order; fails where `kept` has anything else. */
function indicesOf(kept: readonly string[], all: readonly string[]): number[] {
  const indices: number[] = [];
  let from = 0;
  for (const element of kept) {
    const at = all.indexOf(element, from);
    assert.notEqual(at, -1, "what is kept stands in the request, in its order");
    indices.push(at);
    from = at + 1;
  }
  return indices;
}

const idPattern = /call_\d*_\d+_\d+/g;
const isResult = (element: string): boolean =>
  /"tool_call_id"|function_call_output|tool_result|toolResult|functionResponse/.test(element);

/** Each result stands behind its call, and each call has one. */
function assertPaired(kept: readonly string[]): void {
  const open = new Map<string, number>();
  for (const element of kept) {
    for (const id of element.match(idPattern) ?? []) {
      const count = (open.get(id) ?? 0) + (isResult(element) ? -1 : 1);
      assert.ok(count >= 0, `${id} has a result without a call`);
      open.set(id, count);
    }
  }
  assert.ok(
    [...open.values()].every((count) => count === 0),
    "each call has its result",
  );
}

const saysSystem = (element: string): boolean => /"(?:system|developer)"/.test(element);

for (const [name, dialect] of Object.entries(dialects)) {
  test(`MON-5 ${name}: the oldest turns give way, whole, until the rest fits`, () => {
    const seen = new Set<Shortening["kind"]>();
    const property = fc.property(aConversation, ({ turns, reusesIds, roomPercent }) => {
      const { head, elements, tail } = bodyOf(dialect, turns, reusesIds);
      const body = Buffer.from(`${head}${elements.join(",")}${tail}`);
      const whole = estimateInputTokens(read(dialect.said, body));
      const room = Math.floor((whole * roomPercent) / 100);
      if (room >= whole) return;
      const found = shorten(dialect.said, body, room);
      seen.add(found.kind);
      const last = turns.at(-1);
      assert.ok(last !== undefined);
      const lastOnes = dialect.write(last, () => "").length;
      if (found.kind === "refused") {
        assert.equal(found.failure.code, "context_length_exceeded");
        const { needed } = found.failure.details.facts ?? {};
        // What is told is what nothing more can be left out of.
        const { elements: kept } = bodyOf(dialect, leastOf(dialect, turns), reusesIds);
        const rest = read(dialect.said, Buffer.from(`${head}${kept.join(",")}${tail}`));
        assert.equal(needed, estimateInputTokens(rest));
        assert.ok(estimateInputTokens(rest) > room);
        return;
      }
      const { fitted } = found;
      const sent = fitted.body.toString("utf8");
      assert.ok(sent.startsWith(head) && sent.endsWith(tail), "all beside the list is as it was");
      const trimmed = elements.map((element) => element.trim());
      const list: unknown = JSON.parse(sent)[dialect.list];
      assert.ok(Array.isArray(list) && list.length > 0);
      assert.equal(list.length, elements.length - fitted.shortened.messages);
      const kept = trimmed.filter((element) => sent.includes(element));
      const indices = indicesOf(kept, trimmed);
      assertPaired(list.map((each) => JSON.stringify(each)));
      assert.ok(estimateInputTokens(fitted.request) <= room, "it fits");
      for (let at = elements.length - lastOnes; at < elements.length; at += 1) {
        assert.ok(indices.includes(at), "the last turn is whole");
      }
      const gone = trimmed.filter((element) => !sent.includes(element));
      assert.ok(!gone.some(saysSystem), "no instruction is left out");
      const first = JSON.stringify(list.find((each) => !saysSystem(JSON.stringify(each))));
      assert.match(first, /"user user |"user"/, "it begins with the user");
      assert.ok(!isResult(first), "no result leads");
    });
    fc.assert(property, { numRuns: 120 });
    assert.deepEqual([...seen].toSorted(), ["fitted", "refused"]);
  });
}

for (const [name, dialect] of Object.entries(dialects)) {
  test(`MON-5 ${name}: a summary stands as a turn where the oldest ones stood`, () => {
    const property = fc.property(aConversation, fc.nat(), ({ turns, reusesIds }, more) => {
      const { head, elements, tail } = bodyOf(dialect, turns, reusesIds);
      const body = Buffer.from(`${head}${elements.join(",")}${tail}`);
      const room = estimateInputTokens(read(dialect.said, body)) - 1;
      const found = shorten(dialect.said, body, room);
      if (found.kind === "refused") return;
      const { fitted } = found;
      const names = fitted.conversation.prefixNames("scope");
      assert.equal(new Set(names).size, names.length);
      const least = fitted.conversation.droppedTurns;
      const upTo = least + (more % (names.length - least + 1));
      const text = 'A "summary"\n日本';
      const sent = withSummary(fitted, { turns: upTo, text });
      // Native words are read for the models that they are for.
      const { ok } = read(dialect.said, body).canonical();
      assert.equal(sent.request.canonical().ok, ok);
      const list: unknown = JSON.parse(sent.body.toString("utf8"))[dialect.list];
      assert.ok(Array.isArray(list));
      assert.equal(list.length, elements.length - sent.shortened.messages + 2);
      const texts = list.map((each) => JSON.stringify(each));
      const at = texts.findIndex((each) => each.includes(JSON.stringify(text).slice(1, -1)));
      assert.match(texts[at] ?? "", /"user"/);
      assert.match(texts[at + 1] ?? "", /"(?:assistant|model)".*Understood|Understood.*"model"/);
      // What stands there keeps its bytes, and instructions stand before and behind.
      const kept = texts.filter((_, index) => index !== at && index !== at + 1);
      assertPaired(kept);
      assert.ok(sent.body.toString("utf8").startsWith(head));
      assert.ok(sent.body.toString("utf8").endsWith(tail));
      const summarised = validate(dialect.said, fitted.conversation.bytesOf(0, upTo));
      assert.equal(clientRequest(summarised, body).canonical().ok, ok, "what goes can be read");
    });
    fc.assert(property, { numRuns: 60 });
  });
}

test("MON-5 a conversation that has grown has the names of its beginnings again", () => {
  const turns = Array.from({ length: 6 }, (_, index) => turn(`turn ${index} of many`));
  const namesOf = (some: readonly Turn[], scope: string) => {
    const { head, elements, tail } = bodyOf(chat, some, false);
    return new Conversation(
      Buffer.from(`${head}${elements.join(",")}${tail}`),
      chatHistory,
    ).prefixNames(scope);
  };
  const all = namesOf(turns, "key");
  assert.deepEqual(namesOf(turns.slice(0, 4), "key"), all.slice(0, 3));
  const others = [
    namesOf(turns, "another"),
    namesOf([turn("what else"), ...turns.slice(1)], "key"),
  ];
  for (const names of others) assert.ok(!names.some((name) => all.includes(name)));
});

/** What may not be left out. */
const leastOf = ({ keepsTurns }: Dialect, turns: readonly Turn[]): Turn[] =>
  turns.filter(({ system }, at) => at === turns.length - 1 || (keepsTurns && system !== null));

const turn = (user: string): Turn => ({ user, rounds: [], answer: "yes", system: null });

test("MON-5 what an alias that refuses is asked is not looked into", () => {
  const body = Buffer.from('{"model":"m","messages":[{"role":"user","content":"Hi"}]}');
  const request = read(chat.said, body);
  const refusal = refusalOf(() => planIn(0)(request));
  const said = () => assert.fail("read again");
  const long = { entry: policied("refuse"), request, body, said };
  assert.equal(
    refusalOf(() => fitHistory(long, refusal, planIn(0))),
    refusal,
  );
});

test("MON-5 a refusal for anything else is none of the history's", () => {
  const body = Buffer.from('{"model":"m","messages":[{"role":"user","content":"Hi"}]}');
  const long = {
    entry: policied("dropOldest"),
    request: read(chat.said, body),
    body,
    said: () => chat.said,
  };
  const refusal = new Failure<Code>("unpriced", "Cannot call");
  assert.equal(
    refusalOf(() => fitHistory(long, refusal, planIn(0))),
    refusal,
  );
});

test("MON-5 the figures of a refusal are those of what may not be left out", () => {
  const { head, elements, tail } = bodyOf(chat, [turn("old "), turn("x".repeat(400))], false);
  const found = shorten(chat.said, Buffer.from(`${head}${elements.join(",")}${tail}`), 50);
  assert.ok(found.kind === "refused");
  assert.match(found.failure.message, /; 2 messages of its history are left out of that$/);
  const alone = shorten(chat.said, Buffer.from(`${head}${elements.slice(2).join(",")}${tail}`), 50);
  assert.ok(alone.kind === "refused");
  assert.match(alone.failure.message, /; nothing of its history may be left out$/);
  assert.deepEqual(alone.failure.details, found.failure.details);
});

for (const [what, max] of [
  ["of its prompt", { inputTokens: 60, totalTokens: null }],
  ["of prompt and answer", { inputTokens: null, totalTokens: 80 }],
] as const) {
  test(`MON-5 history gives way to a limit ${what} on each call as to a window`, () => {
    const limit = { name: "chat", outputTokens: null, nanoUsd: null, ...max };
    const dropping = policied("dropOldest");
    const plan = (asked: ClientRequest) => allowanceOf(asked, dropping, limit);
    const turns = Array.from({ length: 20 }, (_, index) => turn(`turn ${index} of many`));
    const { head, elements, tail } = bodyOf(chat, turns, false);
    const body = Buffer.from(`${head}${elements.join(",")}${tail}`);
    const request = read(chat.said, body);
    const refusal = refusalOf(() => plan(request));
    const long = { entry: dropping, request, body, said: () => chat.said };
    const fitted = fitHistory(long, refusal, plan);
    const left = estimateInputTokens(fitted.request);
    assert.ok(left <= 60 && left > 30, `${left} tokens are left`);
    const last = turn("x".repeat(400));
    const alone = bodyOf(chat, [turn("old"), last], false);
    const whole = Buffer.from(`${alone.head}${alone.elements.join(",")}${alone.tail}`);
    const longer = { ...long, request: read(chat.said, whole), body: whole };
    const refused = refusalOf(() =>
      fitHistory(
        longer,
        refusalOf(() => plan(longer.request)),
        plan,
      ),
    );
    assert.equal(refused.code, "request_exceeds_budget");
    assert.match(refused.message, /; 2 messages of its history are left out of that$/);
  });
}

test("MON-5 ten thousand short turns are left out in few rounds", () => {
  const turns = Array.from({ length: 4_990 }, (_, index) => turn(`${index}`));
  const { head, elements, tail } = bodyOf(chat, turns, false);
  const body = Buffer.from(`${head}${elements.join(",")}${tail}`);
  const request = read(chat.said, body);
  let plans = 0;
  const plan = (asked: ClientRequest): number => {
    plans += 1;
    return planIn(1_000)(asked);
  };
  const refusal = refusalOf(() => plan(request));
  const long = { entry: policied("dropOldest"), request, body, said: () => chat.said };
  const { planned } = fitHistory(long, refusal, plan);
  assert.ok(planned <= 1_000 && planned > 500, `${planned} tokens are left`);
  assert.ok(plans <= 9, `${plans} plans`);
});

for (const [surface, said, body] of [
  ["a prompt", { surface: "openai.completions" }, '{"model":"m","prompt":"Hello"}'],
  ["an input of text alone", responses.said, '{"model":"m","input":"Hello"}'],
] as const) {
  test(`MON-5 ${surface} has no history`, () => {
    const found = shorten(said, Buffer.from(body), 1);
    assert.equal(found.kind, "refused");
  });
}

test("MON-5 a name that a client gives a member does not lead the search astray", () => {
  const text =
    '{"x":{"messages":[1,2]},"__proto__":{"messages":[]},"model":"m","mess\\u0061ges":[' +
    '{"role":"user","content":"old old old old old old"},{"role":"assistant","content":"a"},' +
    '{"role":"user","content":"new"}]}';
  const found = shorten(chat.said, Buffer.from(text), 6);
  assert.ok(found.kind === "fitted");
  assert.equal(
    found.fitted.body.toString("utf8"),
    '{"x":{"messages":[1,2]},"__proto__":{"messages":[]},"model":"m","mess\\u0061ges":[' +
      '{"role":"user","content":"new"}]}',
  );
});
