/**
 * What one signature of a 1 KB request to Bedrock costs, measured in a loop. Prints a SignCost.
 *
 *   node bench/sign-loop.ts
 */
import { createHmac, hash } from "node:crypto";
import { RequestSigner } from "@sekisho/lib/signature/sigv4-sign.ts";
import { requestBody } from "./request-body.ts";

/** Microseconds of CPU per signature. */
export interface SignCost {
  /** The hash of the body, the hash of the canonical request, one HMAC: nothing else. */
  readonly raw: number;
  readonly sekisho: number;
}

const WARM_UP = 20_000;
const MEASURED = 100_000;
/** A canonical request of Bedrock's, about. */
const CANONICAL_BYTES = 300;
const STRING_TO_SIGN_BYTES = 140;

const body = requestBody({ dialect: "bedrock", model: "", stream: true, bytes: 1024 });
const pair = {
  accessKeyId: "AKIDBENCH",
  secretAccessKey: "bench",
  sessionToken: null,
};
const signer = new RequestSigner("bedrock", "us-east-1");
const request = {
  method: "POST",
  host: "bedrock-runtime.us-east-1.amazonaws.com",
  path: "/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse-stream",
  query: "",
  headers: ["content-type", "application/json", "accept", "application/vnd.amazon.eventstream"],
  body,
};
const startMs = Date.UTC(2026, 0, 1);
const key = Buffer.alloc(32, 1);
const canonical = "c".repeat(CANONICAL_BYTES);
const toSign = "s".repeat(STRING_TO_SIGN_BYTES);

/** As in a gateway, the second moves on and the day does not. */
const sign = (index: number): number =>
  signer.sign(request, pair, startMs + (index % 80_000) * 1000).length;

const hashAlone = (): number =>
  hash("sha256", body).length +
  hash("sha256", canonical).length +
  createHmac("sha256", key).update(toSign).digest("hex").length;

const cost: SignCost = { raw: cpuMicrosOf(hashAlone), sekisho: cpuMicrosOf(sign) };
process.stdout.write(`${JSON.stringify(cost)}\n`);

function cpuMicrosOf(work: (index: number) => number): number {
  let made = 0;
  for (let index = 0; index < WARM_UP; index++) made += work(index);
  const before = process.cpuUsage();
  for (let index = 0; index < MEASURED; index++) made += work(index);
  const { user, system } = process.cpuUsage(before);
  if (made === 0) throw new Error("Cannot measure: nothing was made");
  return (user + system) / MEASURED;
}
