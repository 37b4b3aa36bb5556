import assert from "node:assert/strict";
import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { StoredRow } from "../../harness/ledger-file.ts";
import { until } from "../../harness/until.ts";
import type { ClientSideStage } from "../faults/client-side-stage.ts";
import { dialRaw, rawRequest } from "../faults/raw-ask.ts";
import type { CutBooks, CutPlace } from "./cut-books.ts";
import { bookedByRule, type Cutter } from "./cut-rule.ts";
import { nameOf, type CutWay } from "./cut-way.ts";

/**
 * As long by estimate as by the simulator's tokenizer: 16 tokens, and 4 for the message; the answer
 * is one token and three bytes a character in both. So both sides count the same at any cut.
 */
const text = `${"wonder ".repeat(5)}reply with exactly: 海山川空月星`;
const answerTokens = 6;

/** Beyond the longest stream of any dialect: `playCuts` stops where nothing more is to be cut. */
const mostEvents = 40;

/** What is awaited comes within some milliseconds, unless the machine has other work. */
const patienceMs = 20_000;

export interface CutScene {
  readonly stage: ClientSideStage;
  readonly books: CutBooks;
}

interface Where {
  readonly cutter: Cutter;
  /** Behind so many events of a stream, or so many sixths of a body. */
  readonly at: number;
}

/** Cuts the answers to these ways behind each of their events, one after the other. */
export async function playCuts(
  scene: CutScene,
  ways: readonly CutWay[],
  cutter: Cutter,
): Promise<void> {
  const { stage } = scene;
  const closing: Promise<void>[] = [];
  let left: { readonly way: CutWay; bytes: number }[] = ways.map((way) => ({ way, bytes: -1 }));
  for (let at = 0; left.length > 0; at += 1) {
    assert.ok(at < mostEvents, `more than ${mostEvents} events`);
    stage.provider.setScenarios([...scenarioOf({ cutter, at })]);
    const played = await Promise.all(
      left.map(async ({ way, bytes }) => {
        const cut = await playCut(scene, way, { cutter, at });
        // The provider had no further event than before.
        if (way.stream && cut.call.bytesWritten === bytes) return null;
        // It keeps a connection that the gateway is done with for some time.
        closing.push(cut.compare());
        const isLast = !way.stream && at === answerTokens;
        return isLast ? null : { way, bytes: cut.call.bytesWritten };
      }),
    );
    left = played.filter((each) => each !== null);
  }
  await Promise.all(closing);
  stage.provider.setScenarios([]);
}

const scenarioOf = ({ cutter, at }: Where) =>
  [
    {
      name: "cut",
      fault: cutter === "the client leaves" ? "stall" : "cut-fin",
      afterTokens: at,
      afterEvents: at,
    },
  ] as const;

interface PlayedCut {
  readonly call: CallRecord;
  /** Holds both books against each other, once the provider has closed its own. */
  compare(): Promise<void>;
}

/** One call that is cut there: by its client as soon as the gateway has read all there was. */
async function playCut(
  { stage, books }: CutScene,
  way: CutWay,
  { cutter, at }: Where,
): Promise<PlayedCut> {
  const { target, client: dialect, stream } = way;
  const number = stage.nextNumber();
  const asked = { client: dialect, model: target.model, stream, text };
  const { bytes, headBytes } = rawRequest(asked, number);
  const client = dialRaw(stage.gateway.url, bytes);
  const call = await callOf(stage, number);
  if (cutter === "the client leaves") {
    await hasWritten(call, at);
    // What a socket had before this was asked has been read when it is answered.
    await (await fetch(`${stage.gateway.url}/health`)).arrayBuffer();
    client.leave();
  }
  const rows = await stage.rowsOf(number);
  // An answer that failed leaves its connection open.
  client.leave();
  await client.closed;
  const compare = async (): Promise<void> => {
    await until("the provider's call has ended", () => (isEnded(call) ? true : null), patienceMs);
    const [own, row] = rows;
    assert.ok(own !== undefined && row !== undefined && rows.length === 2, nameOf(way));
    const paid = isUnpaid({ way, cutter }, row) ? 0 : row.costNanoUsd;
    assert.equal(own.costNanoUsd, paid, "the tenant pays what the operator does for what it has");
    const cut = { target, stream, cutter, bodyBytes: bytes.length - headBytes, call };
    const byRuleNanoUsd = isWhole(row)
      ? call.costNanoUsd
      : bookedByRule({ ...cut, maxTokens: number });
    books.add(
      { way, cutter, at },
      { billedNanoUsd: call.costNanoUsd, byRuleNanoUsd, bookedNanoUsd: row.costNanoUsd },
    );
  };
  return { call, compare };
}

/** Of an answer that is of use as a whole alone, the tenant has nothing (MON-15). */
const isUnpaid = (
  { way, cutter }: Pick<CutPlace, "way" | "cutter">,
  { outcome }: StoredRow,
): boolean => !way.stream && cutter === "the provider dies" && outcome !== "ok";

/** The answer was whole before it was cut. */
const isWhole = ({ outcome }: StoredRow): boolean => outcome === "ok";

const isEnded = ({ state }: CallRecord): boolean => state === "ended";

const callOf = (stage: ClientSideStage, number: number): Promise<CallRecord> =>
  until(
    `the provider's call of ${number}`,
    () => stage.provider.calls().find(({ summary }) => summary?.maxTokens === number) ?? null,
    patienceMs,
  );

/** It has said what it will say before it is cut. */
async function hasWritten(call: CallRecord, at: number): Promise<void> {
  const look = (): true | null => {
    if (call.firstByteMs === null || (at > 0 && call.bytesWritten === 0)) return null;
    return true;
  };
  await until("the provider has begun its answer", look, patienceMs);
}
