import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { BlockSplitter, type BlockEvent, type BlockSink } from "./block-splitter.ts";

/** Blocks in one line each, and a test of their order. */
class Lines implements BlockSink {
  readonly lines: string[] = [];
  #isOpen = false;

  open(block: Parameters<BlockSink["open"]>[0]): void {
    assert.ok(!this.#isOpen, "a block begins before the last one has ended");
    this.#isOpen = true;
    this.lines.push(block.kind === "tool" ? `${block.id}:` : `${block.kind}:`);
  }

  say(text: string): void {
    assert.ok(text !== "" && text.isWellFormed());
    this.#append(text);
  }

  sign(signature: string): void {
    this.#append(`<${signature}>`);
  }

  cite(citation: object): void {
    this.#append(`[${Object.values(citation).join(" ")}]`);
  }

  close(): void {
    assert.ok(this.#isOpen);
    this.#isOpen = false;
  }

  #append(text: string): void {
    assert.ok(this.#isOpen);
    this.lines[this.lines.length - 1] += text;
  }
}

function split(events: readonly BlockEvent[]): string[] {
  const sink = new Lines();
  const splitter = new BlockSplitter(sink);
  for (const event of events) splitter.take(event);
  splitter.end();
  return sink.lines;
}

const text = (words: string): BlockEvent => ({ type: "text", text: words });
const reasoning = (words: string, signature?: string): BlockEvent =>
  signature === undefined
    ? { type: "reasoning", text: words }
    : { type: "reasoning", text: words, signature };
const cite: BlockEvent = { type: "citation", citation: { type: "char_location" } };
// Made by functions that promise less.
const call = (index: number): BlockEvent => toolStart(index, `c${index}`, "f") as BlockEvent;
const argue = (index: number, words: string): BlockEvent => toolDelta(index, words) as BlockEvent;
const end = (index: number): BlockEvent => toolEnd(index) as BlockEvent;

const table: readonly (readonly [what: string, events: BlockEvent[], lines: string[]])[] = [
  ["nothing", [], []],
  ["empty texts", [text(""), reasoning("")], []],
  ["texts of one kind", [text("a"), text("b"), { type: "refusal", text: "c" }], ["text:abc"]],
  [
    "kinds in turn",
    [reasoning("a"), text("b"), reasoning("c")],
    ["thinking:a", "text:b", "thinking:c"],
  ],
  [
    "a signature ends its block",
    [reasoning("a"), reasoning("", "s"), reasoning("b")],
    ["thinking:a<s>", "thinking:b"],
  ],
  ["a signature of nothing said", [reasoning("", "s"), text("a")], ["thinking:<s>", "text:a"]],
  [
    "two signed blocks",
    [reasoning("a", "s"), reasoning("", "t")],
    ["thinking:a<s>", "thinking:<t>"],
  ],
  [
    "an encrypted block",
    [{ type: "reasoning", text: "", redacted: "x" }, text("a")],
    ["redacted:", "text:a"],
  ],
  [
    "text behind a citation",
    [text("a"), cite, cite, text("b")],
    ["text:a[char_location][char_location]", "text:b"],
  ],
  ["a citation ahead of all", [cite], ["text:[char_location]"]],
  [
    "a citation that has no words here",
    [text("a"), { type: "citation", citation: {} }, text("b")],
    ["text:ab"],
  ],
  ["a pair that was cut", [text("a\ud83c"), text("\udf0f")], ["text:a🌏"]],
  [
    "half a pair at the end of a block",
    [text("a\ud83c"), reasoning("b")],
    ["text:a\ufffd", "thinking:b"],
  ],
  [
    "calls one after the other",
    [call(0), argue(0, "{}"), end(0), call(1), argue(1, "{}"), end(1)],
    ["c0:{}", "c1:{}"],
  ],
  [
    "ends that come late",
    [call(0), argue(0, "{}"), call(1), argue(1, "{}"), end(0), end(1)],
    ["c0:{}", "c1:{}"],
  ],
  [
    "no ends at all",
    [call(0), argue(0, '{"a":1}'), call(1), argue(1, "{}")],
    ['c0:{"a":1}', "c1:{}"],
  ],
  [
    "calls that overlap",
    [
      call(0),
      argue(0, '{"a":'),
      call(1),
      argue(1, "{"),
      argue(0, "1}"),
      argue(1, "}"),
      end(0),
      end(1),
    ],
    ['c0:{"a":1}', "c1:{}"],
  ],
  [
    "three that overlap, told backwards",
    [
      call(0),
      call(1),
      call(2),
      argue(2, "{}"),
      argue(1, "{}"),
      argue(0, "{}"),
      end(2),
      end(1),
      end(0),
    ],
    ["c0:{}", "c1:{}", "c2:{}"],
  ],
  [
    "text within a call",
    [call(0), argue(0, "{"), text("a"), argue(0, "}"), text("b"), end(0)],
    ["c0:{}", "text:ab"],
  ],
  [
    "text behind a call that has ended",
    [call(0), argue(0, "{}"), text("a"), argue(0, " ")],
    ["c0:{}", "text:a"],
  ],
  [
    "a call that was cut",
    [call(0), argue(0, '{"a":'), call(1), argue(1, "{}")],
    ['c0:{"a":', "c1:{}"],
  ],
  ["arguments of nobody", [argue(3, "{}"), end(3), text("a")], ["text:a"]],
];

describe("BlockSplitter", () => {
  for (const [what, events, lines] of table) {
    test(what, () => assert.deepEqual(split(events), lines));
  }

  test("whatever overlaps, every call has its own arguments, in order", () => {
    const words = fc.array(fc.constantFrom('{"a":', "1", "}", "{}", " "), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(20)),
        (calls, order) => {
          const queues = calls.map((deltas, index) => [
            call(index),
            ...deltas.map((delta) => argue(index, delta)),
            end(index),
          ]);
          const events: BlockEvent[] = [];
          const picks = [...order];
          while (queues.some((queue) => queue.length > 0)) {
            const open = queues.filter((queue) => queue.length > 0);
            const next = open[(picks.shift() ?? 0) % open.length]?.shift();
            if (next !== undefined) events.push(next);
          }
          const said = new Map(split(events).map((line) => [line.slice(0, 2), line.slice(3)]));
          for (const [index, deltas] of calls.entries()) {
            const whole = deltas.join("");
            const told = said.get(`c${index}`) ?? "";
            // Nothing but white space may come behind arguments that are whole.
            assert.ok(told === whole || whole.startsWith(told));
            if (told !== whole) JSON.parse(told);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("ten thousand calls at once are a matter of milliseconds", () => {
    const calls = Array.from({ length: 10_000 }, (_, index) => index);
    const events = [
      ...calls.map(call),
      ...calls.map((index) => argue(index, "{")),
      ...calls.map((index) => argue(index, "}")),
      ...calls.toReversed().map(end),
    ];
    assert.equal(split(events).length, 10_000);
  });
});
