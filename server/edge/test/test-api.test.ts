import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { operatorTenant } from "@sekisho/wire/admin/staff.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { FailureOrder } from "@sekisho/wire/chat/failure-order.ts";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import type { FailureSwitch } from "./failure-switch.ts";
import { TestApi, type TestApiParts } from "./test-api.ts";

/** A switch that only remembers. */
class RememberedFailures implements FailureSwitch {
  ordered: FailureOrder | null = null;
  current = (): string | null => (this.ordered === null ? null : this.ordered.fault);
  order = (failures: FailureOrder): void => void (this.ordered = failures);
  end = (): void => void (this.ordered = null);
  received = (): number => 7;
}

interface Asked {
  readonly key?: string;
  readonly isLocal?: boolean;
  readonly body?: string;
  readonly hasSimulator?: boolean;
}

const roles: Readonly<Record<string, Principal["role"]>> = {
  ska_1: "developer",
  ska_viewer: "viewer",
  ska_bound: "owner",
  sk_1: "client",
};

/** What an endpoint answers, and what it changes. */
async function ask(path: string, asked: Asked = {}) {
  const clock = new VirtualClock();
  const failures = new RememberedFailures();
  const done: string[] = [];
  const parts = {
    ids: new IdSource(clock, new SeededRandom(1)),
    log: { error: (message: string) => assert.fail(message) },
    keyring: {
      authenticate(key: string) {
        const role = roles[key];
        if (role === undefined) throw new Failure("invalid_credential", "Cannot accept the key");
        return { keyId: key, role, tenant: key === "ska_bound" ? "acme" : operatorTenant };
      },
    },
    isLocal: () => asked.isLocal ?? true,
    audit: {
      record: async ({ event, object, by }: AuditEntry) =>
        void done.push(`${event} ${object} by ${by}`),
    },
    circuit: {
      status: () => ({ state: "open", failuresInARow: 3, recentFailures: 2 }),
      reset: () => done.push("circuit reset"),
    },
    resetTargets: () => done.push("targets reset"),
    failures: asked.hasSimulator === false ? null : failures,
    balance: (model: string | null) => ({ model }),
  } as unknown as TestApiParts; // nothing else is called here
  const [where = "", query = ""] = path.split("?");
  const route = new TestApi(parts).routes().find((each) => each.path === where);
  let status = 0;
  let answer: unknown = null;
  const header = (name: string): string | undefined =>
    name === "authorization" && asked.key !== undefined ? `Bearer ${asked.key}` : undefined;
  const exchange = {
    head: { header, query },
    isClosed: false,
    trust: () => undefined,
    body: async () => Buffer.from(asked.body ?? ""),
    respond(code: number, _headers: readonly string[], body: string) {
      status = code;
      answer = JSON.parse(body);
    },
  } as unknown as Exchange; // nothing else of it is looked at
  await route?.value(exchange, {});
  return { status, answer, done, ordered: failures.ordered };
}

describe("SIM-6 who may use the test endpoints", () => {
  const callers: readonly (readonly [what: string, Asked, status: number])[] = [
    ["somebody on this machine", {}, 200],
    ["somebody else", { isLocal: false }, 401],
    ["an administrator", { key: "ska_1", isLocal: false }, 200],
    ["a client", { key: "sk_1", isLocal: false }, 403],
    ["a client on this machine, who is known by the key", { key: "sk_1" }, 403],
    ["somebody with an unknown key", { key: "sk_2" }, 401],
  ];
  for (const [what, asked, expected] of callers) {
    for (const path of ["/test/enable-failures", "/test/circuit-status"]) {
      test(`${what}, ${path}: ${expected}`, async () => {
        const { status, answer, ordered } = await ask(path, asked);
        assert.equal(status, expected);
        if (expected === 200) return;
        assert.deepEqual(Object.keys(Object(answer)), ["detail"]);
        assert.equal(ordered, null);
      });
    }
  }
});

describe("REF-10 the test endpoints", () => {
  test("circuit-status has these members, in this order", async () => {
    const { answer } = await ask("/test/circuit-status");
    assert.equal(
      JSON.stringify(answer),
      '{"circuit_state":"open","failure_count":3,"current_failures":2,"failures_enabled":false}',
    );
  });

  test("enable-failures orders what its body says, and writes it down", async () => {
    const body = '{"region":"us-east-1","fault":"429"}';
    const { answer, ordered, done } = await ask("/test/enable-failures", { body, key: "ska_1" });
    assert.deepEqual(answer, { failures_enabled: true, failures: "429" });
    const order = { region: "us-east-1", provider: null, fault: "429", probability: 1 };
    assert.deepEqual(ordered, order);
    assert.deepEqual(done, ["test.failures.enabled 429 by ska_1"]);
  });

  test("enable-failures without a simulator is a conflict", async () => {
    const { status, answer, done } = await ask("/test/enable-failures", { hasSimulator: false });
    assert.equal(status, 409);
    assert.match(JSON.stringify(answer), /no simulator runs in this process/);
    assert.deepEqual(done, []);
  });

  test("an order that cannot be read changes nothing", async () => {
    const { status, ordered, done } = await ask("/test/enable-failures", { body: '{"x":1}' });
    assert.deepEqual([status, ordered, done], [400, null, []]);
  });

  test("disable-failures closes all circuits, also without a simulator", async () => {
    const { status, done } = await ask("/test/disable-failures", { hasSimulator: false });
    assert.equal(status, 200);
    const audited = "test.failures.disabled circuits are reset by loopback";
    assert.deepEqual(done, [audited, "circuit reset", "targets reset"]);
  });

  test("disable-failures leaves circuits alone where it is asked to", async () => {
    const { done } = await ask("/test/disable-failures", { body: '{"reset":false}' });
    assert.deepEqual(done, ["test.failures.disabled circuits stay as they are by loopback"]);
  });

  test("load-balancer-status is of the service's model, or of one that is named", async () => {
    assert.deepEqual((await ask("/test/load-balancer-status")).answer, { model: null });
    const { answer } = await ask("/test/load-balancer-status?model=fast");
    assert.deepEqual(answer, { model: "fast" });
  });

  test("upstream-calls is the simulator's own count", async () => {
    assert.deepEqual((await ask("/test/upstream-calls")).answer, { received: 7 });
    assert.equal((await ask("/test/upstream-calls", { hasSimulator: false })).status, 409);
  });
});
