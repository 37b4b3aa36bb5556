import assert from "node:assert/strict";
import { test } from "node:test";
import { entryKindOf } from "@sekisho/wire/canonical/entry-kind-of.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptOutcome } from "../attempt.ts";
import { failed, providersOf, setUp, type Setting } from "./run-harness.ts";

const story = "The first volume is in print, and the second one is sold out until the next spring.";
const [begin, rest] = [story.slice(0, 30), story.slice(30)];

const text = (words: string): CanonicalEvent => ({ type: "text", text: words });
const start: CanonicalEvent = { type: "start", model: "m", upstreamId: null, createdMs: null };
const finish: CanonicalEvent = { type: "finish", reason: "stop", stopSequence: null };
const tokens = (input: number, output: number) => ({ ...noUsage, input, output });
const used = (input: number, output: number): CanonicalEvent => ({
  type: "usage",
  usage: tokens(input, output),
});

const cut = (over = {}): AttemptOutcome => ({
  ...failed({ code: "upstream_cut", status: null, ...over }),
  measured: { usage: tokens(10, 5), source: "estimated" },
});

const whole = (input: number, output: number): AttemptOutcome => ({
  kind: "complete",
  finish: "stop",
  measured: { usage: tokens(input, output), source: "reported" },
});

/** A run whose answer is continued, and what its attempts say, attempt by attempt. */
function telling(providers: readonly string[], over: Setting = {}) {
  const scene = setUp(providers, { steering: { continued: {} }, ...over });
  const events: CanonicalEvent[] = [];
  const cursor = scene.log.open({
    published() {
      for (let event = cursor.takeEvent(); event !== undefined; event = cursor.takeEvent()) {
        events.push(event);
      }
    },
  });
  /** As a provider says it: the first of its content commits. */
  const say = (n: number, ...said: CanonicalEvent[]): void => {
    const { input, sink } = scene.sent[n] ?? assert.fail(`no attempt ${n}`);
    sink.committed();
    for (const event of said) input.log.appendEvent(event, entryKindOf(event));
    input.log.publish();
  };
  const over_ = (n: number, outcome: AttemptOutcome): void => scene.sent[n]?.sink.over(outcome);
  scene.run.start();
  return { ...scene, events, say, end: over_ };
}

const textOf = (events: readonly CanonicalEvent[]): string =>
  events.map((event) => (event.type === "text" ? event.text : "")).join("");

/** What the client is told beside texts. */
const others = (events: readonly CanonicalEvent[]): string[] =>
  events.map(({ type }) => type).filter((type) => type !== "text");

test("RTE-12 an answer that breaks off goes on at the next target, as one answer", () => {
  const { sent, told, settled, events, say, end } = telling(["a", "b"]);
  say(0, start, text(begin));
  end(0, cut());
  assert.deepEqual(providersOf(sent), ["a", "b"]);
  say(1, start, text(rest), used(40, 9), finish);
  end(1, whole(40, 9));
  assert.equal(textOf(events), story);
  assert.deepEqual(others(events), ["start", "usage", "finish"]);
  assert.deepEqual(events.at(-2), used(50, 14), "usage is the sum");
  assert.deepEqual(told, ["forget", "commit a 1", "complete b 2"]);
  const [result] = settled;
  assert.deepEqual(result?.segments, result?.attempts);
  assert.deepEqual(result?.counts?.outcome.measured, {
    usage: tokens(50, 14),
    source: "estimated",
  });
});

test("RTE-12 the next target is shown what was said, and asked for the rest in its way", () => {
  const shown = (provider: string) => {
    const { sent, say, end } = telling(["x", provider]);
    say(0, text(`${begin} `));
    end(0, cut());
    const { input } = sent[1] ?? assert.fail();
    const canonical = input.call.request.canonical();
    assert.ok(canonical.ok && input.isRewritten === true);
    assert.ok(input.planned.maxTokens < 100 - begin.length / 5);
    return canonical.value.messages.map(({ role, parts: [part] }) => [role, part]);
  };
  const answer = ["assistant", { kind: "text", text: begin.trimEnd() }];
  assert.deepEqual(shown("b"), [answer]);
  const [said, more] = shown("c");
  assert.deepEqual(said, answer);
  assert.deepEqual(more?.[0], "user");
});

test("RTE-12 what was said by then is no part of a prompt that is measured later", () => {
  const { sent, say, end } = telling(["a", "b"]);
  say(0, text(begin));
  end(0, cut());
  say(1, text(rest));
  const canonical = sent[1]?.input.call.request.canonical();
  assert.ok(canonical?.ok);
  assert.deepEqual(canonical.value.messages[0]?.parts, [{ kind: "text", text: begin.trimEnd() }]);
});

test("RTE-12 a target that cannot go on either leaves it to the next, up to `max` attempts", () => {
  const { sent, told, events, say, end, settled } = telling(["a", "b", "c", "d"]);
  say(0, text(begin));
  end(0, cut());
  end(1, failed());
  assert.deepEqual(providersOf(sent), ["a", "b", "c"]);
  say(2, text(rest.slice(0, 70)));
  end(2, cut());
  assert.deepEqual(providersOf(sent), ["a", "b", "c"]);
  assert.equal(told.at(-1), "fail upstream_cut 3");
  assert.ok(story.startsWith(textOf(events)));
  assert.ok(!others(events).includes("finish"), "never a false end");
  assert.equal(settled[0]?.segments?.length, 2);
});

test("RTE-12 a sole target is asked again", () => {
  const { sent, say, end } = telling(["a"]);
  say(0, text(begin));
  end(0, cut());
  assert.deepEqual(providersOf(sent), ["a", "a"]);
});

test("RTE-12 one that begins anew in other words ends with the error before it", async () => {
  const { sent, told, events, say, end } = telling(["a", "b"]);
  say(0, start, text(story.slice(0, 80)));
  end(0, cut());
  say(1, start, text(`${story.slice(0, 70)} never mind`), used(1, 1), finish);
  await Promise.resolve();
  assert.deepEqual(sent[1]?.aborted, ["upstream_malformed"]);
  assert.equal(told.at(-1), "fail upstream_cut 2");
  assert.equal(textOf(events), story.slice(0, 80));
  assert.ok(!others(events).includes("finish"));
});

const unfit: Readonly<Record<string, () => ReturnType<typeof telling>>> = {
  "a tool was called": () => {
    const scene = telling(["a", "b"]);
    scene.say(0, text(begin), { type: "toolStart", index: 0, id: "1", name: "f" });
    return scene;
  },
  "it reasons in signed words": () => {
    const scene = telling(["a", "b"]);
    scene.say(0, { type: "reasoning", text: "Hm", signature: "s" }, text(begin));
    return scene;
  },
  "JSON is asked for": () => {
    const scene = telling(["a", "b"], {
      steering: { continued: { responseFormat: { kind: "json" } } },
    });
    scene.say(0, text(begin));
    return scene;
  },
  "nobody knows that the next target does": () => {
    const scene = telling(["a", "mute"]);
    scene.say(0, text(begin));
    return scene;
  },
  "nothing is left of its cap": () => {
    const scene = telling(["a", "b"]);
    scene.say(0, text(story.repeat(9)));
    return scene;
  },
  "its retry budget is empty": () => {
    const scene = telling(["a", "b"], {
      steering: { continued: {} },
      retries: () => "attempts",
    });
    scene.say(0, text(begin));
    return scene;
  },
  "it is not declared": () => {
    const scene = telling(["a", "b"], { steering: {} });
    scene.say(0, text(begin));
    return scene;
  },
};

for (const [why, play] of Object.entries(unfit)) {
  test(`RTE-12 an answer that breaks off is an error where ${why}`, () => {
    const { sent, told, end } = play();
    end(0, cut());
    assert.deepEqual(providersOf(sent), ["a"]);
    assert.equal(told.at(-1), "fail upstream_cut 1");
  });
}

test("RTE-12 what the provider refuses for good is not asked again", () => {
  const { sent, told, say, end } = telling(["a", "b"]);
  say(0, text(begin));
  end(0, cut({ verdict: "final", code: "content_filtered" }));
  assert.equal(sent.length, 1);
  assert.equal(told.at(-1), "fail content_filtered 1");
});

test("STR-6 a client that leaves ends the segment under way", () => {
  const { run, sent, told, say, end, settled } = telling(["a", "b"]);
  say(0, text(begin));
  end(0, cut());
  run.abort("client_closed");
  assert.deepEqual(sent[1]?.aborted, ["client_closed"]);
  assert.equal(told.at(-1), "fail client_closed 2");
  assert.equal(settled.length, 1);
});
