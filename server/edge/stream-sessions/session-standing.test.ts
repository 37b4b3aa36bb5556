import assert from "node:assert/strict";
import { test } from "node:test";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { WebSocketSession } from "@sekisho/lib/http/websocket/websocket-session.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { SessionStanding } from "./session-standing.ts";

function setUp() {
  const clock = new VirtualClock();
  const closes: number[] = [];
  const told: string[] = [];
  /** Of tokens that count: the surfaces of their keys, and when they end. */
  const good = new Map<string, { surfaces: readonly string[]; untilMs: number }>();
  const issuer = Promise.withResolvers<void>();
  const keyring = {
    authenticate(token: string): Principal {
      const known = good.get(token);
      if (known === undefined) throw new Failure<Code>("invalid_credential", "unknown");
      // What is asked of it here.
      return { keyId: token.slice(0, 1), surfaces: known.surfaces } as Principal;
    },
    goodUntilMs: (token: string): number => good.get(token)?.untilMs ?? 0,
    introduce: (token: string) => (token.startsWith("jwt") ? issuer.promise : null),
  };
  // A session is closed, trusted and asked for its head here.
  const session = {
    head: null,
    isClosed: false,
    close: (code: number) => closes.push(code),
    trust() {},
  } as unknown as WebSocketSession;
  const owner = {
    admitted: (isFirst: boolean) => told.push(isFirst ? "first" : "renewed"),
    expires: (ms: number) => told.push(`ends in ${ms}`),
    text: (text: string) => told.push(text),
    // All that is thrown above.
    failureOf: (error: unknown) => error as Failure<Code>,
  };
  const standing = new SessionStanding(session, owner, { keyring, clock });
  return { standing, good, closes, told, clock, issuer };
}

const forever = { surfaces: ["*"], untilMs: Infinity };

test("STR-11 a key that is revoked counts no longer from the next frame on", () => {
  const { standing, good, closes } = setUp();
  assert.equal(standing.check(), null);
  assert.deepEqual(closes, [4401]);
  good.set("a", forever);
  standing.prove("a");
  assert.equal(standing.check()?.token, "a");
  good.delete("a");
  assert.equal(standing.check(), null);
  assert.deepEqual(closes, [4401, 4401]);
});

test("STR-11 a key that may stream no more is forbidden from the next frame on", () => {
  const { standing, good, closes } = setUp();
  good.set("a", forever);
  standing.prove("a");
  good.set("a", { ...forever, surfaces: ["openai.chat"] });
  assert.equal(standing.check(), null);
  assert.deepEqual(closes, [4403]);
});

test("STR-11 a token is renewed by one of the same key alone", () => {
  const { standing, good, closes, told } = setUp();
  for (const token of ["a1", "a2", "b"]) good.set(token, forever);
  for (const token of ["a1", "a2", "b"]) standing.prove(token);
  assert.deepEqual([told, closes], [["first", "renewed"], [4403]]);
});

test("STR-11 the end of a token is told once, in its last 30 s", () => {
  const { standing, good, told, clock } = setUp();
  standing.warn();
  good.set("a", { ...forever, untilMs: clock.wallMs() + 40_000 });
  standing.prove("a");
  for (let n = 0; n < 4; n += 1) {
    standing.warn();
    clock.advanceBy(9_000);
  }
  assert.deepEqual(told, ["first", "ends in 22000"]);
});

test("SEC-2 what comes while an issuer is asked waits, 16 frames at most", async () => {
  const { standing, good, closes, told, issuer } = setUp();
  assert.equal(standing.holds("early"), false);
  standing.prove("jwt");
  for (let n = 0; n < 17; n += 1) assert.equal(standing.holds(`${n}`), true);
  assert.deepEqual(closes, [4401]);
  good.set("jwt", forever);
  issuer.resolve();
  await issuer.promise;
  await Promise.resolve();
  assert.deepEqual(told, ["first", ...Array.from({ length: 16 }, (_, n) => `${n}`)]);
});
