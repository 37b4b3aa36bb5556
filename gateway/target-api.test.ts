import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NativeWords } from "@sekisho/wire/canonical/native-words.ts";
import { apiFor, passes, type AskedWords } from "./target-api.ts";
import type { TargetApi } from "./target.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const nova = "us.amazon.nova-pro-v1:0";
const titan = "amazon.titan-text-express-v1";
const llama = "us.meta.llama3-3-70b-instruct-v1:0";
const mine = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/mine";

const asked = (
  surface: AskedWords["surface"],
  nativeWords: NativeWords | null = null,
): AskedWords => ({
  surface,
  read: { facts: { nativeWords } },
});

describe("the interface of Bedrock that suits a request", () => {
  const invoke = "bedrock.invoke";
  const converse = "bedrock.converse";
  type Row = readonly [words: AskedWords, model: string, api: TargetApi];
  const table: readonly Row[] = [
    [asked("openai.chat"), haiku, converse],
    [asked("openai.chat"), nova, converse],
    [asked("anthropic.messages"), haiku, invoke],
    [asked("anthropic.messages"), nova, converse],
    [asked(converse), haiku, converse],
    [asked(converse), nova, converse],
    [asked(invoke, "claude"), haiku, invoke],
    [asked(invoke, "claude"), mine, invoke],
    [asked(invoke, "claude"), nova, converse],
    [asked(invoke, "claude"), llama, converse],
    [asked(invoke, "nova"), nova, invoke],
    [asked(invoke, "nova"), mine, invoke],
    [asked(invoke, "nova"), haiku, converse],
    [asked(invoke, "nova"), titan, converse],
    [asked(invoke, "titan-text"), titan, invoke],
    [asked(invoke, "titan-text"), nova, converse],
    // Words that are not known here can only pass.
    [asked(invoke), haiku, invoke],
    [asked(invoke), llama, invoke],
  ];
  for (const [words, upstreamModel, api] of table) {
    const { surface, read } = words;
    test(`${surface} in the words of ${read.facts.nativeWords}: ${upstreamModel}`, () => {
      assert.equal(apiFor({ apis: "bedrock.auto", upstreamModel }, words), api);
      for (const apis of [invoke, converse] as const) {
        assert.equal(apiFor({ apis, upstreamModel }, words), apis);
      }
    });
  }
});

test("WIR-10 bytes pass through the interface of their surface, to a model of their words", () => {
  assert.ok(passes(asked("openai.chat"), "openai.chat", "gpt-5"));
  assert.ok(!passes(asked("openai.chat"), "anthropic.messages", "gpt-5"));
  assert.ok(passes(asked("bedrock.converse"), "bedrock.converse", llama));
  assert.ok(passes(asked("bedrock.invoke", "nova"), "bedrock.invoke", nova));
  assert.ok(!passes(asked("bedrock.invoke", "nova"), "bedrock.converse", nova));
  assert.ok(!passes(asked("bedrock.invoke", "nova"), "bedrock.invoke", haiku));
  assert.ok(!passes(asked("bedrock.invoke", "claude"), "bedrock.invoke", nova));
});
