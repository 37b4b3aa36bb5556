import assert from "node:assert/strict";
import { test } from "node:test";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { clientRequest } from "../admission/client-request.ts";
import type { AttemptInput } from "../provider.ts";
import type { CountedUsage } from "../token-estimates.ts";
import { validate } from "../validate/validate.ts";
import { measure, measureBrokenOff } from "./_measure.ts";

/** An attempt for a prompt of 104 tokens by class, and what its family is told. */
function attempt({ stream, content }: { stream: boolean; content: unknown }) {
  const told: CountedUsage[] = [];
  const body = Buffer.from(
    JSON.stringify({ model: "m", stream, messages: [{ role: "user", content }] }),
  );
  const estimates = {
    input: (byClass: number) => byClass * 3,
    output: (bytes: number) => bytes * 7,
    observe: (counted: CountedUsage) => void told.push(counted),
  };
  const request = clientRequest(validate({ surface: "openai.chat" }, body), body);
  // Nothing else is read.
  const input = { call: { request }, planned: { target: { estimates } } } as unknown as Pick<
    AttemptInput,
    "call" | "planned"
  >;
  return { input, told };
}

const content = "word".repeat(100);
const usage = { ...noUsage, input: 120, output: 30 };

test("MON-4 what is reported is booked as it is, and told to the family", () => {
  const { input, told } = attempt({ stream: true, content });
  const measured = measure(input, { usage, outputBytes: 90 });
  assert.deepEqual(measured, { usage, source: "reported" });
  const [{ inputEstimate, outputBytes } = assert.fail("nothing was told"), ...others] = told;
  assert.deepEqual([inputEstimate(), outputBytes, others.length], [104, 90, 0]);
});

test("MON-4 what is not reported is estimated as the family's reports have shown", () => {
  const { input, told } = attempt({ stream: true, content });
  const none = measure(input, { usage: null, outputBytes: 90 });
  assert.deepEqual(none, { usage: { ...noUsage, input: 312, output: 630 }, source: "estimated" });
  const promptUsage = { ...noUsage, input: 120 };
  const ahead = measure(input, { usage: null, promptUsage, outputBytes: 9 });
  assert.deepEqual(ahead.usage, { ...promptUsage, output: 63 });
  assert.deepEqual(told, []);
});

test("nobody counts what was said in a whole answer whose usage is reported", () => {
  const { input } = attempt({ stream: false, content });
  const told = {
    usage,
    get outputBytes(): number {
      return assert.fail("an answer was read for nobody");
    },
  };
  assert.deepEqual(measure(input, told).usage, usage);
});

test("MON-4 a whole answer teaches of its prompt alone, and a picture of nothing", () => {
  const whole = attempt({ stream: false, content });
  measure(whole.input, { usage, outputBytes: 900 });
  assert.deepEqual(
    whole.told.map(({ outputBytes }) => outputBytes),
    [null],
  );
  const { usage: estimated } = measure(whole.input, { usage: null, outputBytes: 900 });
  assert.equal(estimated.output, 300);
  const url = "data:image/png;base64,AAAA";
  const picture = [{ type: "image_url", image_url: { url } }];
  const seen = attempt({ stream: true, content: picture });
  measure(seen.input, { usage, outputBytes: 900 });
  assert.deepEqual(seen.told, []);
});

test("MON-16 an answer that broke off costs at most what was set aside for it", () => {
  const { input, told } = attempt({ stream: false, content });
  const bounded = (boundInputTokens: number, boundOutputTokens: number) => {
    const planned = { ...input.planned, boundInputTokens, boundOutputTokens };
    return measureBrokenOff({ ...input, planned }, 901);
  };
  const estimated = { ...noUsage, input: 312, output: 301 };
  assert.deepEqual(bounded(500, 500), { usage: estimated, source: "estimated" });
  const most = { ...noUsage, input: 300, output: 256 };
  assert.deepEqual(bounded(300, 256), { usage: most, source: "estimated" });
  assert.deepEqual(told, []);
});
