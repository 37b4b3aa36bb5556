import assert from "node:assert/strict";
import { wordsOfApi } from "@sekisho/gateway/target-api.ts";
import { carriage, type Feature } from "@sekisho/wire/canonical/carriage.data.ts";
import type { AskedPart } from "../clients/contract-client.ts";
import { paper, pixel } from "../library.ts";
import { asks, assertUsage, lastCall, type ContractCell } from "./contract-cell.ts";
import { weather } from "./tools.ts";

const withPart = (part: AskedPart) =>
  [{ by: "user", parts: [part, { kind: "text", text: "Reply with exactly: seen" }] }] as const;

const image: ContractCell = {
  name: "image",
  features: ["image_bytes"],
  async run(bench) {
    const turns = withPart({
      kind: "image",
      mediaType: "image/png",
      base64: pixel.toString("base64"),
    });
    const answer = await bench.client.ask({ ...asks(bench, ""), turns });
    assert.equal(answer.text, "seen");
    assert.equal(lastCall(bench).summary?.images, 1);
    assertUsage(bench, answer);
  },
};

const document: ContractCell = {
  name: "document",
  features: ["document_bytes"],
  async run(bench) {
    const turns = withPart({
      kind: "document",
      mediaType: "application/pdf",
      base64: paper.toString("base64"),
      name: "paper",
    });
    const answer = await bench.client.ask({ ...asks(bench, ""), turns });
    assert.equal(answer.text, "seen");
    assert.ok(lastCall(bench).bodyBytes > paper.length, "the provider has the document");
    assertUsage(bench, answer);
  },
};

const byUrl = (kind: "imageUrl" | "documentUrl", feature: Feature): ContractCell => ({
  name: kind === "imageUrl" ? "image by URL" : "document by URL",
  features: [feature],
  needs: [kind],
  async run(bench) {
    const url = kind === "imageUrl" ? bench.library.imageUrl : bench.library.documentUrl;
    const turns = withPart({ kind, url });
    const answer = await bench.client.ask({ ...asks(bench, ""), turns });
    assert.equal(answer.text, "seen");
    if (kind === "imageUrl") assert.equal(lastCall(bench).summary?.images, 1);
    assertUsage(bench, answer);
  },
});

const toolImage: ContractCell = {
  name: "image in a tool's result",
  features: ["tool_result_media"],
  needs: ["toolImage"],
  async run(bench) {
    const { client } = bench;
    // The call is the client's own: nobody is asked for it.
    const call = { id: "toolu_01", name: weather.name, input: { city: "Oslo" } };
    const answer = await client.ask({
      ...asks(bench, "How does it look in Oslo?", { tools: [weather] }),
      turns: [
        ...asks(bench, "How does it look in Oslo?").turns,
        { by: "model", answer: client.called(call) },
        { by: "tools", results: [{ call, text: "as here", image: pixel.toString("base64") }] },
      ],
    });
    assert.ok(answer.text.length > 0);
    assert.equal(lastCall(bench).summary?.images, 1);
    assertUsage(bench, answer);
  },
};

const choices: ContractCell = {
  name: "more than one answer",
  features: ["choices"],
  needs: ["choices"],
  async run(bench) {
    const answer = await bench.client.ask(asks(bench, "Reply with exactly: twice", { choices: 2 }));
    assert.equal(answer.text, "twice");
    assert.equal(lastCall(bench).summary?.choices, 2);
    assertUsage(bench, answer);
  },
};

const cachePoint: ContractCell = {
  name: "cache points: what one call writes the next one reads",
  features: ["cache_points"],
  needs: ["cachePoint"],
  async run(bench) {
    const { client, target } = bench;
    for (const how of ["ask", "stream"] as const) {
      // Nobody has asked for it before.
      const kept = `A long text for ${client.name}, ${how}, worth keeping. `.repeat(200);
      const question = (words: string) => ({
        ...asks(bench, ""),
        turns: [
          {
            by: "user",
            parts: [
              { kind: "text", text: kept },
              { kind: "cachePoint" },
              { kind: "text", text: `Reply with exactly: ${words}` },
            ],
          } as const,
        ],
      });
      const first = await client[how](question("first"));
      assertUsage(bench, first);
      const { cacheWrite5m } = lastCall(bench).tokens;
      const second = await client[how](question("second"));
      assertUsage(bench, second);
      assert.deepEqual([first.text, second.text], ["first", "second"]);
      // A dialect without words for a point drops it.
      if (carriage.cache_points[wordsOfApi[target.api]] === "drop") continue;
      assert.ok(cacheWrite5m > 1_024, `${cacheWrite5m} tokens`);
      assert.equal(first.usage?.cacheWrite, cacheWrite5m);
      assert.equal(second.usage?.cacheRead, cacheWrite5m);
    }
  },
};

/** Usage of a cache and of reasoning that nobody asked for in the question. */
const cachedUsage: ContractCell = {
  name: "usage with cached and reasoning tokens",
  async run(bench) {
    const words = "Tell me about the sea, and about ships. [[sim: tokens=20 cached=6 reasoning=7]]";
    for (const how of ["ask", "stream"] as const) {
      const answer = await bench.client[how](asks(bench, words));
      assertUsage(bench, answer);
      const { usage } = answer;
      assert.equal(usage?.cacheRead, 6);
      assert.ok((usage?.output ?? 0) >= 27);
      if (usage?.reasoning !== null && bench.target.api === "openai.chat") {
        assert.equal(usage?.reasoning, 7);
      }
    }
  },
};

export const mediaCells: readonly ContractCell[] = [
  image,
  byUrl("imageUrl", "image_url"),
  document,
  byUrl("documentUrl", "document_url"),
  toolImage,
  choices,
  cachePoint,
  cachedUsage,
];
