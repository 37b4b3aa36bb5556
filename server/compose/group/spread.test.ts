import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSummaryLimits, Summaries } from "@sekisho/gateway/history/summaries.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Peers } from "../../processes/peers.ts";
import { shareSummaries, summarySharing } from "./spread.ts";

/** Processes that hear of each other what crosses a process boundary: copies. */
class Host {
  readonly clock = new VirtualClock();
  readonly #readers: Map<string, (data: unknown) => void>[] = [];

  process(): Summaries {
    const readers = new Map<string, (data: unknown) => void>();
    this.#readers.push(readers);
    const peers: Pick<Peers, "publish" | "subscribe"> = {
      publish: (topic, data) => {
        const others = this.#readers.filter((each) => each !== readers);
        for (const each of others) each.get(topic)?.(structuredClone(data));
      },
      subscribe: (topic, read) => void readers.set(topic, read),
    };
    const summaries = new Summaries(this.clock, defaultSummaryLimits, summarySharing(peers));
    shareSummaries(summaries, peers);
    return summaries;
  }
}

test("MON-5 a summary is made by one of several processes", async () => {
  const host = new Host();
  const [first, second] = [host.process(), host.process()];
  await first.make("beginning", () => Promise.resolve("in short"));
  assert.equal(second.get("beginning"), "in short");
  await second.make("another", () => Promise.resolve(null));
  assert.equal(first.get("another"), undefined, "each finds out for itself what fails");
  assert.equal(host.process().get("beginning"), undefined, "it was started later");
});
