import { Violation } from "./base/violation.ts";
import { checkChain } from "./checks/chain-check.ts";
import type { IntentBook } from "./checks/intent-book.ts";
import {
  checkCallRows,
  checkRollups,
  checkSpent,
  checkTerminals,
  spentByRows,
  type CallRows,
} from "./checks/ledger-check.ts";
import { checkRowsOwner, ownerOf } from "./checks/owner-check.ts";
import { errorCodeOf, readFrames } from "./checks/answer-frames.ts";
import { checkHealed, checkShares } from "./checks/share-check.ts";
import type { Observer } from "./observer.ts";
import type { ProviderFleet } from "./providers/provider-fleet.ts";
import type { ServerLife } from "./server-life.ts";
import type { Stage } from "./stage.ts";
import type { WorldClient } from "./world-client.ts";

export interface EndOfWorld {
  readonly stage: Stage;
  readonly life: ServerLife;
  readonly fleet: ProviderFleet;
  readonly intents: IntentBook;
  readonly observer: Pick<Observer, "clients" | "names">;
}

/** SIM-8: after the healing everything has come to an end, and every book says the same. */
export function checkEnd(world: EndOfWorld): void {
  checkNothingLeft(world);
  world.life.checkIdle();
  const reader = world.stage.disk.openReader();
  const ledger = checkTerminals(reader, world.intents);
  checkSpent(reader, spentByRows(ledger, world.intents));
  checkRollups(reader);
  checkChain(reader);
  for (const [id, rows] of ledger) checkCall(world, id, rows);
  world.observer.names.checkPaid(ledger);
  for (const state of world.observer.clients.values()) checkLiveness(world, state);
  checkHealed(world.life.circuits);
  checkShares(world.stage.scenario, (n) => world.fleet.recordsOf(n));
}

function checkNothingLeft({ stage, life, fleet }: EndOfWorld): void {
  const serving = life.serving;
  const left = {
    "calls to providers": fleet.openCalls,
    timers: stage.clock.pendingTimers,
    exchanges: serving?.reception.openExchanges ?? 0,
    "bytes of bodies": serving?.reception.bodyMemory.usedBytes ?? 0,
    responses: serving?.gateway.responses.running ?? 0,
    deadlines: serving?.gateway.wheel.armed ?? 0,
  };
  for (const [what, count] of Object.entries(left)) {
    if (count !== 0) throw new Violation("SIM-8", `${count} ${what} left at the end`);
  }
}

function checkCall(world: EndOfWorld, id: string, rows: CallRows): void {
  const { intents, fleet, stage } = world;
  const { clients } = world.observer;
  const intent = intents.byId(id);
  if (intent === undefined) return;
  checkCallRows(intent, rows, fleet.recordsOf(intent.n));
  const { outcome } = rows.response;
  const state = clients.get(intent.n);
  if (state !== undefined) {
    checkRowsOwner(intent.n, ownerOf(state.plan.key, stage.scenario.gateway), rows);
  }
  const isAnswered = state !== undefined && hasWholeAnswer(state);
  if (outcome === "unknown") {
    stage.sometimes.reached("unknown call counted as spent");
    if (isAnswered) stage.sometimes.reached("crash after the client had its answer");
  } else if (isAnswered && outcome !== "ok") {
    throw new Violation(
      "MON-15",
      `client ${intent.n} has its answer, its row says ${String(outcome)}`,
    );
  }
  if (outcome === "ok" && isAnswered) checkHeaders(state, rows);
  const wasted = Number(rows.response["wasted"]);
  if (outcome === "ok" && isAnswered && wasted > 0) {
    throw new Violation("MON-14 waste", `client ${intent.n} has all, ${wasted} tokens are wasted`);
  }
  const attemptCost = Number(rows.attempts.at(-1)?.["cost_nano_usd"] ?? 0);
  if (outcome === "ok" && attemptCost > Number(rows.response["cost_nano_usd"])) {
    stage.sometimes.reached("settled at the reservation");
  }
}

/** What the client was told of its answer is what the books say. */
function checkHeaders({ plan, client: { record } }: WorldClient, rows: CallRows): void {
  const cost = record.headers.get("x-sekisho-cost-nano-usd");
  const isCostTold = plan.stream !== null || cost === String(rows.response["cost_nano_usd"]);
  const attempts = record.headers.get("x-sekisho-attempts");
  const isEarly = plan.stream !== null && attempts === undefined;
  if (isCostTold && (isEarly || attempts === String(rows.attempts.length))) return;
  throw new Violation("MON-14", `client ${plan.n} was told ${cost} for ${attempts} attempts`);
}

/** Every client has come to an end, and after the healing to a good one. */
function checkLiveness({ stage }: EndOfWorld, state: WorldClient): void {
  const { plan, client } = state;
  const { end, status } = client.record;
  const fail = (what: string): never => {
    throw new Violation("SIM-8 liveness", `client ${plan.n}: ${what}`);
  };
  if (end === null) fail("its exchange has no end");
  const isPatient =
    plan.leaving.kind === "stays" && plan.reading.kind === "eager" && !state.lostServer;
  if (isPatient && end === "left") fail("it waited in vain");
  if (plan.atMs < stage.scenario.healMs) return;
  if (!hasWholeAnswer(state)) {
    fail(`status ${status}, ${end}: ${Buffer.concat(client.record.received).toString()}`);
  }
}

function hasWholeAnswer({ client: { record } }: WorldClient): boolean {
  if (record.status !== 200 || record.end !== "whole") return false;
  if (record.plan.stream === null) return true;
  return errorCodeOf(readFrames(record.received).frames.at(-1)) === null;
}
