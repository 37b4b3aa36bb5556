import assert from "node:assert/strict";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { TargetApi } from "@sekisho/gateway/target.ts";
import type { Piece } from "../clients/contract-client.ts";
import { hastyLater } from "../contract-config.ts";
import { asks, failureOf, rowOf, type ContractCell } from "./contract-cell.ts";

interface MidStream {
  readonly fault: string;
  readonly code: Code;
  /** Where it is another at some. */
  readonly at?: Readonly<Partial<Record<TargetApi, Code>>>;
  /** Where the answer is translated: a half event is skipped there, and the end is missing. */
  readonly translated?: Code;
  /** Where the provider's framing can break like this; everywhere without. */
  readonly only?: readonly TargetApi[];
}

/** A package reads the stream itself, and says by an error of its own what it misses in it. */
const packages: readonly TargetApi[] = ["ai-sdk"];
const bedrock: readonly TargetApi[] = ["bedrock.converse", "bedrock.invoke"];
const sse: readonly TargetApi[] = ["openai.chat", "anthropic.messages", "gemini.generateContent"];

/** Faults that strike after five of forty tokens. */
const faults: readonly MidStream[] = [
  { fault: "error-event", code: "upstream_error" },
  { fault: "error-throttled", code: "upstream_rate_limited" },
  { fault: "error-model", code: "upstream_error" },
  // OpenAI's type for a 408 blames the request.
  {
    fault: "error-timeout",
    code: "upstream_timeout",
    at: { "openai.chat": "upstream_rejected", "ai-sdk": "upstream_rejected" },
  },
  { fault: "error-invalid", code: "upstream_rejected" },
  { fault: "error-internal", code: "upstream_error" },
  { fault: "error-overloaded", code: "upstream_unavailable" },
  { fault: "cut-fin", code: "upstream_cut" },
  { fault: "cut-rst", code: "upstream_cut" },
  { fault: "cut-clean", code: "upstream_cut", at: { "ai-sdk": "upstream_malformed" } },
  {
    fault: "truncated-frame",
    code: "upstream_malformed",
    translated: "upstream_cut",
    only: sse,
  },
  { fault: "truncated-frame", code: "upstream_cut", only: bedrock },
  { fault: "truncated-frame", code: "upstream_malformed", only: packages },
  { fault: "bad-crc", code: "upstream_malformed", only: bedrock },
  { fault: "huge-length", code: "upstream_malformed", only: bedrock },
  { fault: "stall", code: "upstream_timeout" },
];

const midStream = ({ fault, code: usual, at = {}, translated, only }: MidStream): ContractCell => ({
  name: `WIR-5 ${fault} in mid-stream is a typed error, never a clean end`,
  ...(only === undefined ? {} : { only }),
  async run(bench) {
    const { client, target } = bench;
    const isTranslated = target.api !== client.surface;
    const code = (isTranslated ? translated : null) ?? at[target.api] ?? usual;
    let shown = "";
    // After a wrong checksum the provider goes on, and stops: so it is left before its end.
    const pause = fault === "bad-crc" ? " pause=20" : "";
    const marker = `[[sim: fault=${fault} after=5 tokens=40 tps=400${pause}]]`;
    const model = fault === "stall" ? hastyLater(target) : target.model;
    const question = { ...asks(bench, `Go on ${marker}`), model };
    const onPiece = ({ text }: Piece): void => {
      shown += text;
    };
    const row = await rowOf(bench, async () => {
      const failure = await failureOf(client, client.stream(question, { onPiece }));
      const expected = client.streamErrorOf(code);
      assert.equal(failure.name, expected.name);
      if (failure.type !== null) assert.equal(failure.type, expected.type);
    });
    assert.notEqual(shown, "");
    assert.deepEqual([row.outcome, row.cause], ["error", code]);
  },
});

const brokenEvent: ContractCell = {
  name: "WIR-7 one broken event among good ones: skipped where it is translated, else an error",
  only: [...sse, ...packages],
  async run(bench) {
    const { client, target } = bench;
    const isTranslated = target.api !== client.surface && !packages.includes(target.api);
    // The gateway leaves at the broken event: before the provider has written all of it.
    const pause = isTranslated ? "" : " pause=15";
    const marker = `[[sim: fault=broken-event after=5 tokens=30 tps=400${pause}]]`;
    const question = asks(bench, `Go on ${marker}`);
    if (isTranslated) {
      const { ended } = await client.stream(question);
      assert.equal(ended, client.endings.stop);
      return;
    }
    const { name } = await failureOf(client, client.stream(question));
    assert.equal(name, client.streamErrorOf("upstream_malformed").name);
  },
};

export const midStreamCells: readonly ContractCell[] = [...faults.map(midStream), brokenEvent];
