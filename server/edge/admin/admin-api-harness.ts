import assert from "node:assert/strict";
import { CostCalculator } from "@sekisho/gateway/costing/cost-calculator.ts";
import {
  FirstRun,
  type FirstRunFile,
  type FirstRunKeys,
} from "@sekisho/gateway/identity/first-run.ts";
import type { KeyStore } from "@sekisho/gateway/identity/key-store.ts";
import { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { Keys } from "@sekisho/gateway/identity/keys.ts";
import { Pepper } from "@sekisho/gateway/identity/pepper.ts";
import { RecentCalls } from "@sekisho/gateway/observe/recent-calls.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { circuit } from "@sekisho/wire/admin/circuit-fixture.ts";
import type { Problem } from "@sekisho/wire/admin/problem.ts";
import type { RunTimeConfig } from "../../settings/run-time-config.ts";
import { AdminApi } from "./admin-api.ts";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import { rememberingTrail } from "../../audit/trail-fixture.ts";
import type { AdminContext } from "./admin-context.ts";
import { ExportGate } from "./reading/export-gate.ts";
import { LiveFeed } from "./live-view/live-feed.ts";
import { AdminSessions } from "./signing-in/sessions.ts";
import { SignInRate } from "./signing-in/sign-in-rate.ts";

const nothingGiven = {
  answers: 0,
  savedNanoUsd: 0,
  aliases: [],
  held: { answers: 0, bytes: 0 },
};

const none = { sql: "", params: [] };
const keyStore: KeyStore = {
  insert: () => none,
  rotate: () => none,
  limit: () => none,
  used: () => none,
  revoke: () => none,
};

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** `key` null sends none; `headers` stand beside it. */
export interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string | null;
  readonly body?: unknown;
  readonly bytes?: Buffer;
}

/** One request and its answer, without a socket. */
export const makeExchange = (
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
) => {
  const [path = "", query = ""] = url.split("?");
  const state: { answer: Answer | null; body: Buffer; bodyReads: number; isClosed: boolean } = {
    answer: null,
    body: Buffer.alloc(0),
    bodyReads: 0,
    isClosed: false,
  };
  const unused = (): never => assert.fail("not for a plain answer");
  const exchange: Exchange = {
    head: {
      method,
      path,
      query,
      protocol: "h1",
      remoteAddress: "::1",
      clientAddress: "::1",
      connection: 1,
      header: (n) => headers[n],
      headerNames: () => Object.keys(headers),
    },
    bufferedBytes: 0,
    get isClosed() {
      return state.isClosed;
    },
    observe: () => {},
    trust: () => {},
    body: async (limitBytes) => {
      state.bodyReads += 1;
      if (state.body.length <= limitBytes) return state.body;
      throw new Failure("payload_too_large", `Cannot read the body: limit ${limitBytes}`);
    },
    respond: (status, flat, body) => {
      assert.equal(state.answer, null, "answered twice");
      const pairs = Array.from({ length: flat.length / 2 }, (_, n): [string, string] => [
        flat[2 * n] ?? "",
        flat[2 * n + 1] ?? "",
      ]);
      state.answer = { status, headers: new Map(pairs), text: String(body) };
    },
    start: unused,
    flushHead: unused,
    write: unused,
    end: unused,
    destroy: unused,
  };
  return { exchange, state };
};

/** As much of the configuration as the endpoints ask for. */
const tenants = {
  acme: { teams: { shop: {} }, budgets: [{ name: "chat" }] },
  demo: { teams: {}, budgets: [] },
};
const drained = ["us-east-1"];

/** A live view of a gateway in which nothing happens. */
const quietFeed = (clock: VirtualClock): LiveFeed =>
  new LiveFeed({
    clock,
    gather(since, take) {
      const recent = new RecentCalls(clock).frame(since);
      const part = { process: null, circuits: [], changes: [], running: 0, recent };
      take({ parts: [part], isWhole: true });
    },
    today: () => ({ requests: 0, costNanoUsd: 0, models: [], given: nothingGiven }),
    alerts: () => [],
  });

/** The first-run file in memory, and a disk that may be full. */
const makeMachine = () => {
  const machine: { isDiskFull: boolean; file: FirstRunKeys | null } = {
    isDiskFull: false,
    file: null,
  };
  const commit = async (): Promise<void> => {
    if (machine.isDiskFull) throw new Failure("storage_unavailable", "Cannot commit: disk full");
  };
  const settle = async (): Promise<void> => {};
  const writer: Writer = { commit, enqueue: () => {}, flush: settle, close: settle };
  const file: FirstRunFile = {
    read: () => machine.file,
    write: (next) => void (machine.file = next),
    remove: () => void (machine.file = null),
  };
  return { machine, writer, file };
};

/** The one circuit that there is. */
export const onlyCircuit = circuit({ id: "p/c/gpt-4", state: "open", recentFailures: 5 });

/** It takes every command but one for "nobody". */
const oneCircuit = (commands: string[]): AdminContext["circuits"] => ({
  own: () => [onlyCircuit],
  command: (id, command) => (id === "nobody" ? 0 : commands.push(`${command} ${id}`)),
  ofAll: async () => ({ circuits: [onlyCircuit], changes: [] }),
  inFlight: async (names) => names.map(() => 0),
});

/** A client that asks the API, without a socket. */
const askerOf =
  (api: AdminApi, adminKey: string) =>
  async (method: string, url: string, question: Question = {}): Promise<Answer> => {
    const key = question.key === undefined ? adminKey : question.key;
    const headers: Record<string, string> = { ...question.headers };
    if (key !== null) headers["authorization"] = `Bearer ${key}`;
    const { exchange, state } = makeExchange(method, url, headers);
    const text = question.body === undefined ? "" : JSON.stringify(question.body);
    state.body = question.bytes ?? Buffer.from(text);
    await api.serve(exchange);
    assert.ok(state.answer !== null, "no answer");
    return state.answer;
  };

const noPrices = new CostCalculator({
  pricesOf: () => null,
  namesLike: () => [],
  wallMs: () => 0,
  batchPercent: 50,
});

const noNames: AdminContext["idempotency"] = {
  list: () => assert.fail("asked for names of requests"),
  find: () => assert.fail("asked for a name of requests"),
  forget: () => assert.fail("asked to forget a name"),
};

export const noCalls: AdminContext["ledger"] = {
  calls: () => assert.fail("asked for the ledger"),
  find: () => assert.fail("asked for a call"),
  bySource: () => assert.fail("asked for sources"),
  hasTenant: () => false,
  erase: () => assert.fail("asked to erase"),
  parts: () => assert.fail("asked for parts"),
  verifySeals: () => assert.fail("asked to verify"),
  verifyPart: () => assert.fail("asked to verify"),
};

const noAnswers: AdminContext["cache"] = {
  held: () => assert.fail("asked for kept answers"),
  kept: () => assert.fail("asked for kept answers"),
  given: () => assert.fail("asked for given answers"),
  holds: () => assert.fail("asked what is kept"),
  purge: () => assert.fail("asked to purge"),
};

const noneOfIt: Pick<AdminContext, "splits" | "arms" | "feedback" | "singleSignOn"> = {
  singleSignOn: null,
  splits: {
    stateOf: () => assert.fail("asked for a split"),
    change: () => assert.fail("asked to change a split"),
    latest: () => assert.fail("asked for changes of splits"),
  },
  arms: {
    figures: () => assert.fail("asked for figures of arms"),
    counts: () => assert.fail("asked for counts of arms"),
  },
  feedback: { ofArms: () => assert.fail("asked for feedback"), ofCalls: () => new Map() },
};

/** An admin API on a virtual clock, and what it did. */
export const makeApi = (more: Partial<AdminContext> = {}) => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const ids = new IdSource(clock, random);
  const pepper = new Pepper(1, new Map([[1, random.bytes(32)]]));
  const keyring = new Keyring(pepper, clock);
  const { machine, writer, file } = makeMachine();
  const keys = new Keys({ keyring, store: keyStore, pepper, clock, random, ids }, "dev");
  const firstRun = new FirstRun(file, keys, keyring);
  const opening = firstRun.open("demo");
  opening.apply();
  const audited: AuditEntry[] = [];
  const commands: string[] = [];
  const failures: unknown[] = [];
  const api = new AdminApi({
    keyring,
    keys,
    firstRun,
    config: {
      config: { tenants, drained, ledger: { keepDays: null }, models: { "*": {}, fast: {} } },
    } as unknown as RunTimeConfig,
    writer,
    clock,
    ids,
    circuits: oneCircuit(commands),
    catalog: () => assert.fail("asked for the catalogue"),
    ...noneOfIt,
    explainer: { explain: () => assert.fail("asked to explain") },
    costs: noPrices,
    budgets: { booksOf: () => assert.fail("asked for budgets") },
    alerts: () => assert.fail("asked for alerts"),
    sessions: new AdminSessions({ keyring, clock, random }),
    signIns: new SignInRate(clock),
    live: quietFeed(clock),
    apiUrl: () => "http://127.0.0.1:8080",
    usage: () => assert.fail("asked for usage"),
    ledger: noCalls,
    exports: new ExportGate(),
    cache: noAnswers,
    idempotency: noNames,
    audit: rememberingTrail(audited),
    auditLog: {
      list: () => assert.fail("asked for the audit log"),
      verify: () => assert.fail("asked to verify"),
    },
    failed: (error) => failures.push(error),
    ...more,
  });
  const { demoKey, adminKey } = opening.keys;
  assert.ok(demoKey !== null && adminKey !== null);
  const ask = askerOf(api, adminKey);
  return {
    api,
    ask,
    clock,
    machine,
    keyring,
    keys,
    audited,
    commands,
    failures,
    demoKey,
    adminKey,
  };
};

export const readProblem = ({ text }: Answer) => JSON.parse(text) as Problem;
/** It is a problem of this code, and says so everywhere. */
export const assertProblem = (answer: Answer, status: number, code: string): Problem => {
  const problem = readProblem(answer);
  assert.deepEqual([answer.status, problem.status, problem.code], [status, status, code]);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(problem.requestId, answer.headers.get("x-sekisho-request-id"));
  assert.equal(answer.headers.get("x-sekisho-cause"), code);
  return problem;
};
