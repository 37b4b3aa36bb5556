import { isObject, type JsonObject } from "../field-rules.ts";
import { idempotencyKeyChars, isIdempotencyKey } from "../idempotency-key.ts";
import { ok, refuse, type Parsed } from "../result.ts";

/** Whose words the request of a `start` frame is in. */
export const startDialects = ["openai", "anthropic", "responses"] as const;
export type StartDialect = (typeof startDialects)[number];

/** What a client says on a session. */
export type ClientFrame =
  | {
      readonly type: "start";
      /** The client's own name for the request, until it is told the response's. */
      readonly id: string;
      readonly dialect: StartDialect;
      readonly request: JsonObject;
      readonly user: string | null;
      readonly session: string | null;
      readonly agent: string | null;
      readonly timeoutMs: number | null;
      /** The client's own name for what is to be answered once (STR-13). */
      readonly idempotencyKey: string | null;
    }
  | {
      readonly type: "resume";
      readonly response: string;
      /** The last entry of which the client has something; -1: nothing. */
      readonly after: number;
      /** How many parts of that entry it has; null: all. */
      readonly part: number | null;
      readonly epoch: number;
    }
  | { readonly type: "cancel"; readonly response: string }
  | { readonly type: "authenticate"; readonly token: string }
  | { readonly type: "pong" };

type FrameType = ClientFrame["type"];

const maxIdChars = 64;

/** Reads a frame; what it says beside is left alone. */
export function parseClientFrame(text: string): Parsed<ClientFrame, "bad_request"> {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return bad("it is not JSON");
  }
  if (!isObject(frame)) return bad("it is no JSON object");
  const { type } = frame;
  if (typeof type !== "string" || !Object.hasOwn(parsers, type)) {
    return bad(`its type is none of ${Object.keys(parsers).join(", ")}`);
  }
  // Its own key, as the line above has made sure.
  return parsers[type as FrameType](frame);
}

const parsers = {
  start(frame: JsonObject) {
    const { id, request, dialect = "openai" } = frame;
    if (!isName(id)) return bad(`"id" is not 1 to ${maxIdChars} characters`);
    const found = startDialects.find((each) => each === dialect);
    if (found === undefined) return bad(`"dialect" is none of ${startDialects.join(", ")}`);
    if (!isObject(request)) return bad('"request" is no JSON object');
    const timeoutMs = frame["timeoutMs"] ?? null;
    if (timeoutMs !== null && !isCount(timeoutMs, 100)) {
      return bad('"timeoutMs" is not a whole number from 100 on');
    }
    const { user = null, session = null, agent = null } = frame;
    if (!isWhom(user) || !isWhom(session) || !isWhom(agent)) {
      return bad('"user", "session" or "agent" is not 1 to 128 visible ASCII characters');
    }
    const idempotencyKey = frame["idempotencyKey"] ?? null;
    if (!isKey(idempotencyKey)) {
      return bad(`"idempotencyKey" is not 1 to ${idempotencyKeyChars} visible ASCII characters`);
    }
    const whom = { user, session, agent };
    return ok({ type: "start", id, dialect: found, request, timeoutMs, idempotencyKey, ...whom });
  },
  resume({ response, after = -1, part = null, epoch = 0 }: JsonObject) {
    if (!isName(response)) return bad('"response" is no id');
    if (!isCount(after, -1)) return bad('"after" is not a whole number from -1 on');
    if (part !== null && !isCount(part, 1)) return bad('"part" is not a whole number from 1 on');
    if (!isCount(epoch, 0)) return bad('"epoch" is not a whole number');
    return ok({ type: "resume", response, after, part, epoch });
  },
  cancel({ response }: JsonObject) {
    return isName(response) ? ok({ type: "cancel", response }) : bad('"response" is no id');
  },
  authenticate({ token }: JsonObject) {
    const isToken = typeof token === "string" && token !== "";
    return isToken ? ok({ type: "authenticate", token }) : bad('"token" is missing');
  },
  pong: () => ok({ type: "pong" }),
} as const satisfies Record<FrameType, (frame: JsonObject) => Parsed<ClientFrame, "bad_request">>;

/** As the headers of the same meaning are bounded. */
const idShape = /^[\x21-\x7e]{1,128}$/;

const isWhom = (value: unknown): value is string | null =>
  value === null || (typeof value === "string" && idShape.test(value));

const isKey = (value: unknown): value is string | null =>
  value === null || (typeof value === "string" && isIdempotencyKey(value));

const isName = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= maxIdChars;

const isCount = (value: unknown, least: number): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least;

const bad = (why: string): Parsed<never, "bad_request"> =>
  refuse("bad_request", null, `Cannot read the frame: ${why}`);
