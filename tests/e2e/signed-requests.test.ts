import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { connect } from "node:http2";
import { text } from "node:stream/consumers";
import { after, afterEach, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { AccessPairView, KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { runProgram } from "../harness/run-program.ts";
import { signedHeaders, type Signing } from "../harness/signed-headers.ts";
import { steeredConfig } from "../harness/steered-config.ts";

let gateway: GatewayUnderTest;
let made: KeyWithSecret;

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    listen: { pathPrefixes: ["/ai"] },
    tenants: {
      ...steered.tenants,
      acme: { rates: [{ scope: "key", requestsPerSecond: 1_000, burst: 1_000 }] },
      slow: { rates: [{ scope: "key", requestsPerSecond: 0.001, burst: 2 }] },
    },
  };
};

/** A command against the running server, its answer as JSON. */
const sekisho = async (...args: string[]): Promise<unknown> => {
  const words = [...args, "--json", "--data", gateway.server.data];
  const { code, stdout, stderr } = await runProgram(words);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
};

const makePair = async (...args: string[]): Promise<KeyWithSecret> =>
  // The command line prints what the admin API answered.
  (await sekisho("keys", "create", "--aws", ...args)) as KeyWithSecret;

const pairOf = ({ aws }: KeyWithSecret): AccessPairView => {
  assert.ok(aws !== null);
  return aws;
};

before(async () => {
  gateway = await GatewayUnderTest.start({ config });
  made = await makePair("--tenant", "acme");
});
after(async () => {
  await using _ = gateway;
  const { log } = gateway.server;
  assert.doesNotMatch(log, /nobody foresaw|a handler failed|uncaught/i);
  assert.ok(!log.includes(pairOf(made).secretAccessKey), "SEC-9");
});
afterEach(async () => {
  const response = await gateway.chat("Reply with exactly: still here");
  assert.match(await response.text(), /still here/);
});

const path = "/v1/chat/completions";
const chat = JSON.stringify({ model: "sole", messages: [{ role: "user", content: "Hello" }] });

interface Sending extends Partial<Signing> {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const headersFor = (sending: Sending = {}): Record<string, string> => {
  const { method = "POST", headers = [], body = chat } = sending;
  const { host } = new URL(gateway.url);
  const request = { method, host, path: sending.path ?? path, query: "", headers, body };
  return signedHeaders(request, { pair: pairOf(made), atMs: gateway.clock.wallMs(), ...sending });
};

/** Sends the chat with the headers of a signature, and others beside it that it does not cover. */
const send = (
  headers: Readonly<Record<string, string>>,
  { body = chat, url = path }: { readonly body?: string; readonly url?: string } = {},
): Promise<Response> =>
  fetch(`${gateway.url}${url}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });

const refusalOf = async (response: Response): Promise<readonly [number, string | null]> => {
  await response.arrayBuffer();
  return [response.status, response.headers.get("x-sekisho-cause")];
};

const hash = (body: string): string => createHash("sha256").update(body).digest("hex");

test("SEC-1 a signed request is served on behalf of the key that its pair belongs to", async () => {
  const response = await send(headersFor());
  assert.equal(response.status, 200);
  await response.arrayBuffer();
  await gateway.settled();
  const { id } = made.key;
  const usage = (await sekisho("usage", "--key", id)) as { totals: { requests: number } };
  assert.equal(usage.totals.requests, 1);
});

describe("a signature is taken", () => {
  const cases: readonly (readonly [what: string, sending: () => Sending])[] = [
    ["of any region", () => ({ region: "ap-northeast-1" })],
    [
      "with the body's hash in a header",
      () => ({ headers: ["x-amz-content-sha256", hash(chat), "content-type", "application/json"] }),
    ],
    ["nearly five minutes old", () => ({ atMs: gateway.clock.wallMs() - 290_000 })],
    ["nearly five minutes ahead", () => ({ atMs: gateway.clock.wallMs() + 290_000 })],
    ["of a path that a proxy has shortened", () => ({ path: `/ai${path}` })],
  ];
  for (const [what, sending] of cases) {
    test(what, async () => {
      const response = await send(headersFor(sending()));
      assert.equal(response.status, 200, await response.text());
    });
  }

  test("of a request without a body", async () => {
    const signed = headersFor({ method: "GET", path: "/v1/models", body: "" });
    const response = await fetch(`${gateway.url}/v1/models`, { headers: signed });
    assert.equal(response.status, 200, await response.text());
  });

  for (const names of [[], [":authority"]]) {
    test(`over HTTP/2, with host${names.join()} signed`, async () => {
      const { host } = new URL(gateway.url);
      const headers = headersFor({ headers: names.flatMap((name) => [name, host]) });
      const session = connect(gateway.url);
      const stream = session.request({
        ...headers,
        ":method": "POST",
        ":path": path,
        ":authority": host,
        "content-type": "application/json",
      });
      stream.end(chat);
      const [head] = (await once(stream, "response")) as [Record<string, unknown>];
      assert.equal(head[":status"], 200, await text(stream));
      session.destroy();
    });
  }
});

describe("on Bedrock's surface", () => {
  const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] });
  // SDKs percent-encode a colon in the path and sign that once more encoded.
  const of = (model: string): string => `/model/${encodeURIComponent(model)}/converse`;
  const converse = (sending: Sending = {}, model = "sole"): Promise<Response> =>
    send(headersFor({ path: of(model), body, ...sending }), { url: of(model), body });

  test("a signed request is served", async () => {
    const response = await converse();
    assert.equal(response.status, 200, await response.text());
  });

  test("a model's id with a colon is covered as SDKs encode it", async () => {
    const response = await converse({}, "anthropic.claude-none:0");
    assert.deepEqual(await refusalOf(response), [404, "model_not_found"]);
  });

  const forged = (): AccessPairView => ({ ...pairOf(made), secretAccessKey: "x".repeat(40) });
  const unknown = (): AccessPairView => ({ ...forged(), accessKeyId: `SKIA${"A".repeat(16)}` });
  const earlier = (): number => gateway.clock.wallMs() - 360_000;
  const cases: readonly (readonly [exception: string, words: RegExp, sending: () => Sending])[] = [
    ["InvalidSignatureException", /secret access key is wrong/, () => ({ pair: forged() })],
    ["InvalidSignatureException", /^Signature expired/, () => ({ atMs: earlier() })],
    ["UnrecognizedClientException", /has expired or was revoked/, () => ({ pair: unknown() })],
  ];
  for (const [exception, words, sending] of cases) {
    test(`a refusal is one that SDKs know: ${exception}, ${words.source}`, async () => {
      const response = await converse(sending());
      assert.equal(response.status, 403);
      assert.equal(response.headers.get("x-amzn-errortype"), exception);
      // The shape is the surface's.
      assert.match(((await response.json()) as { message: string }).message, words);
    });
  }
});

describe("SEC-1 a signature is refused", () => {
  const wrong = (): AccessPairView => ({ ...pairOf(made), secretAccessKey: "x".repeat(40) });
  const unknown = (): AccessPairView => ({
    ...pairOf(made),
    accessKeyId: `SKIA${"A".repeat(16)}`,
  });
  const minutes = (count: number): number => gateway.clock.wallMs() + count * 60_000;
  const other = chat.replace("Hello", "Hallo");
  type Case = readonly [what: string, send: () => Promise<Response>, status: number, code: string];
  const cases: readonly Case[] = [
    ["another body", () => send(headersFor(), { body: other }), 401, "invalid_signature"],
    [
      "another body than the header says",
      () => send(headersFor({ headers: ["x-amz-content-sha256", hash(chat)] }), { body: other }),
      401,
      "invalid_signature",
    ],
    [
      "a body that is not covered",
      () => send(headersFor({ headers: ["x-amz-content-sha256", "UNSIGNED-PAYLOAD"] })),
      401,
      "invalid_signature",
    ],
    [
      "another path",
      () => send(headersFor(), { url: "/v1/completions" }),
      401,
      "invalid_signature",
    ],
    ["a wrong secret", () => send(headersFor({ pair: wrong() })), 401, "invalid_signature"],
    ["six minutes ago", () => send(headersFor({ atMs: minutes(-6) })), 401, "signature_expired"],
    ["six minutes ahead", () => send(headersFor({ atMs: minutes(6) })), 401, "signature_expired"],
    ["an unknown id", () => send(headersFor({ pair: unknown() })), 401, "invalid_credential"],
    ["another service", () => send(headersFor({ service: "s3" })), 401, "invalid_signature"],
    [
      "half a signature",
      () => send({ authorization: "AWS4-HMAC-SHA256 Credential=a" }),
      401,
      "invalid_signature",
    ],
    [
      "a session token",
      () => send(headersFor({ headers: ["x-amz-security-token", "lent"] })),
      401,
      "invalid_credential",
    ],
    [
      "a key beside it",
      () => send({ ...headersFor(), "x-api-key": gateway.key }),
      400,
      "conflicting_credentials",
    ],
    [
      "a content coding",
      () => send({ ...headersFor(), "content-encoding": "gzip" }),
      415,
      "unsupported_media_type",
    ],
  ];
  for (const [what, ask, status, code] of cases) {
    test(what, async () => {
      assert.deepEqual(await refusalOf(await ask()), [status, code]);
    });
  }

  test("from the next request on, when its key was rotated or revoked", async () => {
    const brief = await makePair("--tenant", "acme");
    const { id } = brief.key;
    const statusWith = async ({ aws }: KeyWithSecret): Promise<number> => {
      assert.ok(aws !== null);
      return (await refusalOf(await send(headersFor({ pair: aws }))))[0];
    };
    assert.equal(await statusWith(brief), 200);
    // As `makePair`.
    const next = (await sekisho("keys", "rotate", id)) as KeyWithSecret;
    assert.deepEqual([await statusWith(brief), await statusWith(next)], [401, 200]);
    await sekisho("keys", "revoke", id);
    assert.equal(await statusWith(next), 401);
  });
});

test("SEC-3 who only knows an access key id takes nothing of the key's rate", async () => {
  const slow = pairOf(await makePair("--tenant", "slow"));
  const forged = { ...slow, secretAccessKey: "x".repeat(40) };
  const sent = async (pair: AccessPairView) =>
    (await refusalOf(await send(headersFor({ pair }))))[1];
  for (let count = 0; count < 5; count++) assert.equal(await sent(forged), "invalid_signature");
  assert.deepEqual([await sent(slow), await sent(slow)], [null, null]);
  assert.equal(await sent(slow), "rate_limited");
});

test("SEC-3 who only knows an access key id does not learn what its key may do", async () => {
  const narrow = pairOf(await makePair("--tenant", "acme", "--surfaces", "openai.models"));
  const forged = { ...narrow, secretAccessKey: "x".repeat(40) };
  const [ours, theirs] = [headersFor({ pair: narrow }), headersFor({ pair: forged })];
  assert.deepEqual(await refusalOf(await send(theirs)), [401, "invalid_signature"]);
  assert.deepEqual(await refusalOf(await send(ours)), [403, "forbidden"]);
});

test("SEC-3 unproven bodies come to 64 MiB at once, the next is refused", async () => {
  const bytes = Buffer.alloc(30 * 2 ** 20, " ");
  const upload = (): ClientRequest => {
    const open = httpRequest(`${gateway.url}${path}`, {
      method: "POST",
      headers: { ...headersFor(), "content-length": bytes.length + 1 },
    });
    // One that was refused may be cut while its rest is sent.
    open.on("error", () => {});
    open.write(bytes);
    return open;
  };
  const causeOf = async (open: ClientRequest): Promise<unknown> => {
    const [answer] = (await once(open, "response")) as [IncomingMessage];
    answer.resume();
    return answer.headers["x-sekisho-cause"];
  };
  const uploads = [upload(), upload(), upload()];
  const causes = uploads.map(causeOf);
  assert.equal(await Promise.race(causes), "overloaded");
  for (const open of uploads) open.end(" ");
  const all = await Promise.all(causes);
  assert.deepEqual(
    ["invalid_signature", "overloaded"].map((code) => all.filter((each) => each === code).length),
    [2, 1],
  );
});
