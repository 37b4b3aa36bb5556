import assert from "node:assert/strict";
import { wordsOfApi } from "@sekisho/gateway/target-api.ts";
import { carriage } from "@sekisho/wire/canonical/carriage.data.ts";
import { asks, assertUsage, lastCall, type ContractCell } from "./contract-cell.ts";

const plain: ContractCell = {
  name: "plain",
  async run(bench) {
    const { client } = bench;
    const answer = await client.ask(asks(bench, "Reply with exactly: hello there, all of you"));
    assert.equal(answer.text, "hello there, all of you");
    assert.equal(answer.ended, client.endings.stop);
    assert.deepEqual(answer.toolCalls, []);
    assertUsage(bench, answer);
  },
};

const stream: ContractCell = {
  name: "stream",
  async run(bench) {
    const { client } = bench;
    const text = "one two three four five six";
    const pieces: string[] = [];
    const answer = await client.stream(asks(bench, `Reply with exactly: ${text}`), {
      onPiece: (piece) => void pieces.push(piece.text),
    });
    assert.deepEqual([answer.text, pieces.join("")], [text, text]);
    assert.equal(answer.ended, client.endings.stop);
    assertUsage(bench, answer);
    assert.ok(pieces.length > 2, `${pieces.length} pieces`);
  },
};

const conversation: ContractCell = {
  name: "system words and earlier turns",
  async run(bench) {
    const { client } = bench;
    const first = asks(bench, "Reply with exactly: good evening", { system: "You are terse." });
    const answer = await client.ask(first);
    const second = await client.ask({
      ...first,
      turns: [
        ...first.turns,
        { by: "model", answer },
        { by: "user", parts: [{ kind: "text", text: "Reply with exactly: and good night" }] },
      ],
    });
    assert.equal(second.text, "and good night");
    assert.ok((second.usage?.input ?? 0) > (answer.usage?.input ?? 0) + 10);
    assertUsage(bench, second);
  },
};

const book = {
  type: "object",
  properties: { title: { type: "string" }, pages: { type: "integer" } },
  required: ["title", "pages"],
  additionalProperties: false,
} as const;

const structured: ContractCell = {
  name: "structured output",
  features: ["json_schema"],
  async run(bench) {
    for (const how of ["ask", "stream"] as const) {
      const { text } = await bench.client[how](asks(bench, "Name a book.", { schema: book }));
      const value: unknown = JSON.parse(text);
      assert.ok(typeof value === "object" && value !== null);
      assert.ok("title" in value && typeof value.title === "string");
      assert.ok("pages" in value && Number.isInteger(value.pages));
      assert.equal(Object.keys(value).length, 2);
    }
  },
};

const thinking: ContractCell = {
  name: "reasoning with its signature, and back",
  features: ["thinking"],
  needs: ["thinking"],
  async run(bench) {
    const { client } = bench;
    const words = "Reply with exactly: thought through [[sim: reasoning=12]]";
    const question = asks(bench, words, { thinkingTokens: 1_024, ending: { maxTokens: 2_048 } });
    for (const how of ["ask", "stream"] as const) {
      const answer = await client[how](question);
      assert.equal(answer.text, "thought through");
      assertUsage(bench, answer);
      assert.ok(lastCall(bench).tokens.output > 12, "what was thought is paid for");
      if (carriage.thinking[wordsOfApi[bench.target.api]] === "carry") {
        assert.ok((answer.reasoning?.text ?? "").length > 0, "the reasoning is shown");
        assert.ok(answer.reasoning?.isSigned, "the reasoning is signed");
      }
      const turns = [
        ...question.turns,
        { by: "model", answer },
        { by: "user", parts: [{ kind: "text", text: "Reply with exactly: and again" }] },
      ] as const;
      const next = await client[how]({ ...question, turns });
      assert.equal(next.text, "and again", "the provider takes its own reasoning back");
    }
  },
};

export const answerCells: readonly ContractCell[] = [
  plain,
  stream,
  conversation,
  structured,
  thinking,
];
