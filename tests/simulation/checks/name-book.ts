import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { Violation } from "../base/violation.ts";
import type { Sometimes } from "../base/sometimes.ts";
import type { ClientRecord } from "../clients/model-client.ts";
import type { Naming, RequestPlan } from "../scenario/scenario.ts";
import type { KnownIntent } from "./intent-book.ts";
import type { CallRows } from "./ledger-check.ts";

/** A call that has a name, from its durable intent on. */
interface NamedCall {
  readonly intent: KnownIntent;
  readonly naming: Naming;
  /** Null: under way. */
  end: { readonly atMs: number; readonly stands: boolean } | null;
}

/** What a process that dies may have told its clients and not yet its disk. */
const writtenWithinMs = 15_000;

/** After these a name is free: nobody read it to its end. */
const left: ReadonlySet<string> = new Set<Code>(["client_closed", "slow_reader"]);

function isPassing(cause: string): boolean {
  if (left.has(cause)) return true;
  // A cause of the ledger is a code of the table.
  const { retryable, status } = codes[cause as Code];
  return retryable || status >= 500;
}

/** STR-13 over all processes of a world: what stands for which name, and who was given what. */
export class NameBook {
  readonly #plans = new Map<number, RequestPlan>();
  readonly #calls: NamedCall[] = [];
  /** Names of which a crash may have cut a call off, or the end of one. */
  readonly #cut = new Set<string>();
  readonly #sometimes: Sometimes;

  constructor(requests: readonly RequestPlan[], sometimes: Sometimes) {
    this.#sometimes = sometimes;
    for (const plan of requests) if (plan.naming !== null) this.#plans.set(plan.n, plan);
  }

  /** The one of those who say the same whose call is under way; `n` where it has no name. */
  senderOf(n: number): number {
    if (!this.#plans.has(n)) return n;
    const open = this.#calls.filter(
      ({ naming, intent, end }) => naming.says === n && end === null && intent.state === "durable",
    );
    const [sender, other] = open;
    if (sender === undefined) throw new Violation("MON-10", `name of ${n}: nobody has an intent`);
    if (other !== undefined) throw new Violation("STR-13 one call", `${n} is sent by two`);
    return sender.intent.n;
  }

  durable(intent: KnownIntent): void {
    const plan = this.#plans.get(intent.n);
    const naming = plan?.naming ?? null;
    if (plan === undefined || naming === null) return;
    const standing = this.#calls.find(
      (call) =>
        call.naming.name === naming.name &&
        call.intent.state === "durable" &&
        (call.end?.stands ?? true),
    );
    if (standing !== undefined) {
      const what = `${naming.name}: ${intent.n} is sent though ${standing.intent.n} stands`;
      throw new Violation("STR-13 one call", what);
    }
    if (this.#calls.some((call) => call.naming.name === naming.name)) {
      this.#sometimes.reached("name was free again");
    }
    this.#calls.push({ intent, naming, end: null });
  }

  ended(intent: KnownIntent, rows: readonly LedgerRow[], nowMs: number): void {
    const call = this.#calls.find((each) => each.intent === intent);
    const response = rows.at(-1);
    if (call === undefined || response === undefined) return;
    const { outcome, cause } = response;
    // A power cut takes the row of an end, and not the record by which the name is free or stands.
    if (outcome === "unknown" && call.end !== null) return;
    // What a crash has cut off stands, though there is no answer to it.
    const isFree = outcome !== "unknown" && cause !== null && isPassing(cause);
    call.end = { atMs: nowMs, stands: !isFree };
  }

  dies(nowMs: number): void {
    for (const { end, naming } of this.#calls) {
      if (end === null || nowMs - end.atMs < writtenWithinMs) this.#cut.add(naming.name);
    }
  }

  /** A commit under way at a crash may have been durable. */
  wasAsked(n: number): void {
    const naming = this.#plans.get(n)?.naming;
    if (naming !== undefined && naming !== null) this.#cut.add(naming.name);
  }

  /** Whose call has answered a client: its own, or the one that it was given. */
  answererOf({ plan, headers, status, statusMs }: ClientRecord): number {
    if (plan.naming === null || headers.get("x-sekisho-replayed") !== "true") return plan.n;
    const id = headers.get("x-sekisho-first-request-id") ?? "";
    const given = this.#calls.find(({ intent }) => `req_${intent.row.id}` === id);
    if (given === undefined) throw new Violation("STR-13 given", `${plan.n} is given ${id}`);
    const { name, says } = given.naming;
    if (name !== plan.naming.name || says !== plan.naming.says) {
      throw new Violation("STR-13 given", `${plan.n} is given the answer to ${given.intent.n}`);
    }
    if (status === 200) {
      const isMade = (statusMs ?? 0) < (given.end?.atMs ?? Infinity);
      this.#sometimes.reached(isMade ? "answer given while it is made" : "answer given again");
    }
    return given.intent.n;
  }

  /** Refusals that have to do with a name have their reason. */
  checkRefused({ plan, headers }: ClientRecord): void {
    if (plan.naming === null) return;
    const { name, says } = plan.naming;
    const others = [...this.#plans.values()].map(({ naming }) => naming);
    const justified: Readonly<Record<string, () => boolean>> = {
      idempotency_mismatch: () => others.some((each) => each?.name === name && each.says !== says),
      outcome_unknown: () => this.#cut.has(name),
      idempotency_in_progress: () => this.#cut.has(name),
    };
    const code = headers.get("x-sekisho-cause");
    const reason = justified[code ?? ""];
    if (reason === undefined) return;
    if (!reason()) throw new Violation("STR-13 refusal", `${plan.n} is refused with ${code}`);
    const isMismatch = code === "idempotency_mismatch";
    if (isMismatch) this.#sometimes.reached("refused: name of another request");
    if (code === "outcome_unknown") this.#sometimes.reached("refused: outcome unknown");
  }

  /** Of all that came by a name one was paid for. */
  checkPaid(ledger: ReadonlyMap<string, CallRows>): void {
    const paid = new Map<string, number>();
    for (const { intent, naming, end } of this.#calls) {
      const rows = ledger.get(intent.row.id);
      if (rows === undefined || end?.stands === false) continue;
      const { outcome } = rows.response;
      if (outcome !== "ok" && outcome !== "unknown") continue;
      paid.set(naming.name, (paid.get(naming.name) ?? 0) + 1);
    }
    for (const [name, count] of paid) {
      if (count > 1) throw new Violation("STR-13 money", `${name} was paid for ${count} times`);
    }
  }
}
