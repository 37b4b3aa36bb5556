import assert from "node:assert/strict";
import { until } from "../../harness/until.ts";
import { asks, callsOf, lastCall, rowOf, type ContractCell } from "./contract-cell.ts";

const abort: ContractCell = {
  name: "STR-6 pieces come while the provider still writes; then the client leaves",
  async run(bench) {
    const leaving = new AbortController();
    let pieces = 0;
    const already = callsOf(bench).length;
    const row = await rowOf(bench, async () => {
      const asking = bench.client.stream(
        asks(bench, "Go on [[sim: tokens=200 tps=40 pause=100]]"),
        {
          signal: leaving.signal,
          onPiece() {
            pieces += 1;
            if (pieces === 3) leaving.abort();
          },
        },
      );
      // Some clients end their loop, others reject: neither goes on.
      await asking.catch(() => null);
      assert.ok(pieces >= 3, `${pieces} pieces`);
      await until("the provider sees its caller leave", () => lastCall(bench).clientGoneMs);
      assert.ok(lastCall(bench).producedTokens <= 100, "of 200");
    });
    assert.equal(callsOf(bench).length, already + 1, "nobody tried again");
    assert.deepEqual([row.outcome, row.cause], ["cancelled", "client_closed"]);
  },
};

const abortBefore: ContractCell = {
  name: "STR-6 abort of a whole answer",
  needs: ["leaving"],
  async run(bench) {
    const leaving = new AbortController();
    const already = callsOf(bench).length;
    const row = await rowOf(bench, async () => {
      const asking = bench.client.ask(asks(bench, "Hello [[sim: hold]]"), {
        signal: leaving.signal,
      });
      await until("the call is with the provider", () =>
        callsOf(bench).length > already ? true : null,
      );
      leaving.abort();
      await assert.rejects(asking);
      await until("the provider sees its caller leave", () => lastCall(bench).clientGoneMs);
    });
    assert.deepEqual([row.outcome, row.cause], ["cancelled", "client_closed"]);
  },
};

const crossTalk: ContractCell = {
  name: "parallel streams do not mix",
  async run(bench) {
    const texts = Array.from(
      { length: 12 },
      (_, n) => `mark ${n} ${"漫画 👍🏽 ".repeat(n % 5)}end ${n}`,
    );
    const answers = await Promise.all(
      texts.map((text, n) =>
        bench.client.stream(asks(bench, `Reply with exactly: ${text} [[sim: tps=${300 + n}]]`)),
      ),
    );
    assert.deepEqual(
      answers.map(({ text }) => text),
      texts,
    );
  },
};

const text =
  "日本語の漫画は右から左へ。「鬼滅の刃」、𠮷野家、髙橋さん。" +
  "👩‍👩‍👧‍👦 family, 🇯🇵 flag, 👍🏽 tone, e\u0301 combined, ﷽ wide";

const unicode: ContractCell = {
  name: "WIR-6 Unicode split anywhere",
  async run(bench) {
    for (const slice of [1, 2, 3, 7]) {
      const question = asks(bench, `Reply with exactly: ${text} [[sim: slice=${slice}]]`);
      assert.equal((await bench.client.stream(question)).text, text);
      assert.equal((await bench.client.ask(question)).text, text);
    }
  },
};

const oddFraming: ContractCell = {
  name: "STR-4 odd framing is read, and nothing behind the end",
  async run(bench) {
    const all = "no more and no less than this";
    const { client, target } = bench;
    for (const fault of ["odd-framing", "double-terminal", "content-after-end"]) {
      // What passes is for the client to read as its provider wrote it.
      const isPassed = client.surface === target.api;
      if (isPassed && fault === "odd-framing" && client.lacks.has("oddFraming")) continue;
      // A package reads on until the provider closes.
      if (target.api === "ai-sdk" && fault === "content-after-end") continue;
      const question = asks(bench, `Reply with exactly: ${all} [[sim: fault=${fault}]]`);
      const answer = await bench.client.stream(question);
      assert.equal(answer.text, all, fault);
      assert.equal(answer.ended, bench.client.endings.stop, fault);
    }
  },
};

export const transportCells: readonly ContractCell[] = [
  abort,
  abortBefore,
  crossTalk,
  unicode,
  oddFraming,
];
