import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SurfaceHead } from "../request.ts";
import { AnthropicProvider } from "./anthropic/anthropic-provider.ts";
import { BedrockProvider } from "./bedrock/bedrock-provider.ts";

import { OpenAiProvider } from "./openai/openai-provider.ts";
import { sentBy, type Asked, type SentRequest } from "./sent-request-harness.ts";

const place = { name: "p", origin: "http://127.0.0.1:9", basePath: "" };
const haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

const targets = {
  anthropic: { api: "anthropic.messages", model: "claude-haiku-4-5" },
  converse: { api: "bedrock.converse", model: haiku },
  invoke: { api: "bedrock.invoke", model: haiku },
  profile: {
    api: "bedrock.converse",
    model: "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc",
  },
  nova: { api: "bedrock.converse", model: "us.amazon.nova-pro-v1:0" },
  openai: { api: "openai.chat", model: "gpt-4-turbo" },
} as const satisfies Record<string, Pick<Asked, "api" | "model">>;

type Target = keyof typeof targets;

/** What is sent to a target, where the gateway has seen who signed "a" and "b". */
function sent(target: Target, said: SurfaceHead, body: object): SentRequest {
  const asked: Asked = { ...targets[target], said, body, signed: { a: "anthropic", b: "bedrock" } };
  return sentBy((ports) => {
    switch (targets[target].api) {
      case "anthropic.messages": {
        const rest = { apiVersion: "2023-06-01", credential: null } as const;
        return new AnthropicProvider(ports, { ...place, ...rest });
      }
      case "openai.chat":
        return new OpenAiProvider(ports, { ...place, apiKey: null });
      case "bedrock.converse":
      case "bedrock.invoke":
        return new BedrockProvider(ports, { ...place, region: "eu-west-1", credential: null });
    }
  }, asked);
}

const inMessages: SurfaceHead = {
  surface: "anthropic.messages",
  head: { apiVersion: "2023-06-01", betas: null },
};
const inConverse: SurfaceHead = {
  surface: "bedrock.converse",
  path: { model: "fast", stream: false },
};
const inInvoke: SurfaceHead = {
  surface: "bedrock.invoke",
  path: { model: "fast", stream: false },
  head: { headers: new Map() },
};

const words = { inMessages, inConverse, inInvoke };

/** One turn of each that is over, each with reasoning of one signer; "?" is nobody's here. */
const over = {
  inMessages: (proofs: readonly string[]) => ({
    model: "fast",
    max_tokens: 50,
    messages: [
      ...proofs.flatMap((signature) => [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "Hm", signature },
            { type: "redacted_thinking", data: signature },
            { type: "text", text: "Yes" },
          ],
        },
      ]),
      { role: "user", content: "Go on" },
    ],
  }),
  inConverse: (proofs: readonly string[]) => ({
    messages: [
      ...proofs.flatMap((signature) => [
        { role: "user", content: [{ text: "Hi" }] },
        {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "Hm", signature } } },
            { reasoningContent: { redactedContent: signature } },
            { text: "Yes" },
          ],
        },
      ]),
      { role: "user", content: [{ text: "Go on" }] },
    ],
  }),
  inInvoke(proofs: readonly string[]) {
    const { model: _, ...body } = over.inMessages(proofs);
    return { anthropic_version: "bedrock-2023-05-31", ...body };
  },
};

/** Proofs in a body, each as often as it stands there. */
const proofsIn = ({ request }: SentRequest): string => {
  const text = Buffer.from(request.body ?? "").toString();
  const found = text.matchAll(/"(?:signature|data|redactedContent)":"([^"]*)"/g);
  return [...found].map(([, proof]) => proof).join("");
};

describe("WIR-13 reasoning goes to who signed it, and to whoever may have", () => {
  const rows = {
    anthropic: "aa??",
    converse: "bb??",
    invoke: "bb??",
    profile: "bb??",
    nova: "",
    openai: "",
  } as const satisfies Record<Target, string>;
  for (const name of ["inMessages", "inConverse", "inInvoke"] as const) {
    for (const [target, kept] of Object.entries(rows)) {
      test(`${name} to ${target}`, () => {
        // The keys of the table are those of the targets.
        const done = sent(target as Target, words[name], over[name](["a", "b", "?"]));
        assert.equal(proofsIn(done), kept);
        assert.deepEqual(done.dropped, ["reasoning_signed"]);
      });
    }
  }

  test("what all goes back is not touched and not named", () => {
    const body = over.inMessages(["a", "?", "a"]);
    const done = sent("anthropic", inMessages, body);
    assert.deepEqual(done.body, { ...body, model: "claude-haiku-4-5" });
    assert.deepEqual(done.dropped, []);
  });
});

const turnInMessages = (signature: string, type: string) => ({
  model: "fast",
  max_tokens: 50,
  thinking: { type, budget_tokens: 20 },
  tools: [{ name: "f", input_schema: { type: "object" } }],
  messages: [
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm", signature },
        { type: "tool_use", id: "t1", name: "f", input: {} },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "1" }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm", signature: "?" },
        { type: "tool_use", id: "t2", name: "f", input: {} },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t2", content: "1" }] },
  ],
});

const turnInConverse = (signature: string, type: string) => ({
  additionalModelRequestFields: { x: 1, thinking: { type, budget_tokens: 20 }, y: [2] },
  toolConfig: { tools: [{ toolSpec: { name: "f", inputSchema: { json: { type: "object" } } } }] },
  messages: [
    { role: "user", content: [{ text: "Hi" }] },
    {
      role: "assistant",
      content: [
        { reasoningContent: { reasoningText: { text: "Hm", signature } } },
        { toolUse: { toolUseId: "t1", name: "f", input: {} } },
      ],
    },
    { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [{ text: "1" }] } }] },
  ],
});

const thinkingIn = ({ body }: SentRequest): unknown => {
  const fields = body["additionalModelRequestFields"];
  return body["thinking"] ?? (fields as { thinking?: unknown } | undefined)?.thinking;
};

const lost = ["reasoning_signed", "thinking"];

describe("WIR-13 a turn with calls that lost its reasoning goes on without thinking", () => {
  test("on pass-through it is switched off, and the turn has no reasoning left", () => {
    const done = sent("anthropic", inMessages, turnInMessages("b", "enabled"));
    assert.deepEqual(thinkingIn(done), { type: "disabled" });
    assert.equal(proofsIn(done), "");
    assert.deepEqual(done.dropped, lost);
    assert.deepEqual(Object.keys(done.body), Object.keys(turnInMessages("b", "enabled")));
  });

  test("in Converse too, among the fields for the model", () => {
    const done = sent("converse", inConverse, turnInConverse("a", "enabled"));
    assert.deepEqual(done.body["additionalModelRequestFields"], {
      x: 1,
      thinking: { type: "disabled" },
      y: [2],
    });
    assert.equal(proofsIn(done), "");
    assert.deepEqual(done.dropped, lost);
  });

  test("a translation does not ask for it", () => {
    for (const target of ["converse", "invoke"] as const) {
      const done = sent(target, inMessages, turnInMessages("a", "enabled"));
      assert.deepEqual([thinkingIn(done), proofsIn(done)], [{ type: "disabled" }, ""]);
      assert.deepEqual(done.dropped, lost);
    }
    const { additionalModelRequestFields: fields, ...turn } = turnInConverse("b", "enabled");
    const { thinking } = fields;
    const body = { ...turn, additionalModelRequestFields: { thinking } };
    const done = sent("anthropic", inConverse, body);
    assert.deepEqual([thinkingIn(done), proofsIn(done)], [{ type: "disabled" }, ""]);
    assert.deepEqual(done.dropped, lost);
  });

  test("edits of thinking go with it, others stay", () => {
    const clearing = { type: "clear_thinking_20251015", keep: "all" };
    const uses = { type: "clear_tool_uses_20250919" };
    const edits = (list: readonly object[]) => ({ context_management: { edits: list, x: 1 } });
    const body = { ...turnInMessages("b", "enabled"), ...edits([clearing, uses]) };
    const done = sent("anthropic", inMessages, body);
    assert.deepEqual(done.body["context_management"], edits([uses]).context_management);
    assert.deepEqual(done.dropped, [...lost, "context_editing"]);
    const native = sent("invoke", inMessages, {
      ...turnInMessages("a", "enabled"),
      ...edits([clearing]),
    });
    assert.deepEqual(native.body["context_management"], edits([]).context_management);
    assert.deepEqual(native.dropped, [...lost, "context_editing"]);
    const { additionalModelRequestFields: fields, ...turn } = turnInConverse("a", "enabled");
    const converse = sent("converse", inConverse, {
      ...turn,
      additionalModelRequestFields: { ...edits([uses, clearing]), ...fields },
    });
    assert.deepEqual(converse.body["additionalModelRequestFields"], {
      ...edits([uses]),
      ...fields,
      thinking: { type: "disabled" },
    });
    const kept = { ...turnInMessages("a", "enabled"), ...edits([clearing, uses]) };
    assert.deepEqual(
      sent("anthropic", inMessages, kept).body["context_management"],
      kept.context_management,
    );
  });

  test("a model that decides itself when it thinks need not begin with it", () => {
    const done = sent("anthropic", inMessages, turnInMessages("b", "adaptive"));
    assert.deepEqual(thinkingIn(done), { type: "adaptive", budget_tokens: 20 });
    assert.equal(proofsIn(done), "?");
    assert.deepEqual(done.dropped, ["reasoning_signed"]);
  });

  test("a turn that kept its reasoning is gone on with as it is", () => {
    const body = turnInMessages("a", "enabled");
    const done = sent("anthropic", inMessages, body);
    assert.deepEqual(done.body, { ...body, model: "claude-haiku-4-5" });
    assert.deepEqual(done.dropped, []);
  });

  test("reasoning that nobody signed is missing as well", () => {
    const done = sent("anthropic", inMessages, turnInMessages("", "enabled"));
    assert.deepEqual(thinkingIn(done), { type: "disabled" });
    assert.deepEqual(done.dropped, ["reasoning_plain", "thinking", "reasoning_signed"]);
  });
});

test("WIR-13 an answer that was nothing but another signer's reasoning is left out", () => {
  const thought = { type: "thinking", thinking: "Hm", signature: "a" };
  const user = { role: "user", content: "Hi" };
  const messages = [user, { role: "assistant", content: [thought] }, user];
  const body = { model: "fast", max_tokens: 50, messages };
  for (const target of ["converse", "invoke", "openai"] as const) {
    const done = sent(target, inMessages, body);
    const roles = (done.body["messages"] as { role: string }[]).map(({ role }) => role);
    assert.equal(roles.includes("assistant"), false, target);
  }
});

test("WIR-13 roles alternate in Converse where such an answer went from a body that passes", () => {
  const thought = { reasoningContent: { reasoningText: { text: "Hm", signature: "a" } } };
  const user = (...texts: string[]) => ({ role: "user", content: texts.map((text) => ({ text })) });
  const lostOne = { role: "assistant", content: [thought] };
  const yes = { role: "assistant", content: [{ text: "Yes" }] };
  const rows = [
    [
      [user("a"), lostOne, user("b", "c"), yes, user("d")],
      [user("a", "b", "c"), yes, user("d")],
    ],
    [[user("a"), lostOne, user("b"), lostOne, user("c")], [user("a", "b", "c")]],
    [[user("a"), lostOne], [user("a")]],
    [
      [user("a"), lostOne, yes, user("b")],
      [user("a"), yes, user("b")],
    ],
  ];
  for (const [messages, left] of rows) {
    assert.deepEqual(sent("converse", inConverse, { messages }).body["messages"], left);
  }
});
