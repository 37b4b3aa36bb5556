import assert from "node:assert/strict";
import type { Answer, OfferedTool } from "../clients/contract-client.ts";
import { asks, assertUsage, type ContractCell } from "./contract-cell.ts";

export const weather: OfferedTool = {
  name: "get_weather",
  description: "The weather in a city",
  schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};

const called = ({ toolCalls }: Answer) => toolCalls.map(({ name, input }) => [name, input]);

const roundTrip: ContractCell = {
  name: "tools round trip",
  features: ["tools"],
  async run(bench) {
    const { client } = bench;
    for (const how of ["ask", "stream"] as const) {
      const question = asks(bench, 'What is the weather in "Tokyo"? Use get_weather.', {
        tools: [weather],
      });
      const answer = await client[how](question);
      assert.equal(answer.ended, client.endings.tool);
      assert.deepEqual(called(answer), [["get_weather", { city: "Tokyo" }]]);
      assertUsage(bench, answer);
      const [call] = answer.toolCalls;
      assert.ok(call);
      const final = await client[how]({
        ...question,
        turns: [
          ...question.turns,
          { by: "model", answer },
          { by: "tools", results: [{ call, text: '{"sky":"clear"}' }] },
        ],
      });
      assert.equal(final.ended, client.endings.stop);
      assert.ok(final.text.length > 0);
      assertUsage(bench, final);
    }
  },
};

const cities = 'Use get_weather for "Paris" and "Rome".';

const parallel: ContractCell = {
  name: "parallel tools",
  features: ["tools"],
  async run(bench) {
    const { client } = bench;
    const question = asks(bench, cities, { tools: [weather] });
    const answer = await client.ask(question);
    assert.deepEqual(called(answer), [
      ["get_weather", { city: "Paris" }],
      ["get_weather", { city: "Rome" }],
    ]);
    assert.equal(new Set(answer.toolCalls.map(({ id }) => id)).size, 2);
    const results = answer.toolCalls.map((call, n) => ({ call, text: `result ${n}` }));
    const final = await client.ask({
      ...question,
      turns: [...question.turns, { by: "model", answer }, { by: "tools", results }],
    });
    assert.equal(final.ended, client.endings.stop);
    assertUsage(bench, final);
  },
};

const streamedArguments: ContractCell = {
  name: "streamed arguments of parallel tools",
  features: ["tools"],
  async run(bench) {
    let pieces = 0;
    const answer = await bench.client.stream(asks(bench, cities, { tools: [weather] }), {
      onPiece({ kind }) {
        if (kind === "tool") pieces += 1;
      },
    });
    assert.deepEqual(called(answer), [
      ["get_weather", { city: "Paris" }],
      ["get_weather", { city: "Rome" }],
    ]);
    // Gemini says a call in one piece.
    const words = [bench.target.api, bench.client.surface];
    const isWhole = words.includes("gemini.generateContent");
    assert.ok(pieces > (isWhole ? 1 : 4), `${pieces} pieces`);
    assert.equal(new Set(answer.toolCalls.map(({ id }) => id)).size, 2);
    assertUsage(bench, answer);
  },
};

export const toolCells: readonly ContractCell[] = [roundTrip, parallel, streamedArguments];
