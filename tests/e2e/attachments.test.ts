import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { after, afterEach, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { ScriptedUpstream, type SeenRequest } from "../harness/scripted-upstream.ts";
import { ServerProcess } from "../harness/server-process.ts";

const answerOf = (dialect: string): Buffer =>
  readFileSync(new URL(`../../wire/${dialect}/fixtures/answer-plain.json`, import.meta.url));

const png = Buffer.from("\x89PNG\r\n\x1a\npixels", "latin1");
const pdf = Buffer.from("%PDF-1.7 pages");

const frugalKey = "key-with-a-small-budget";
const claude = "anthropic.claude-haiku-4-5-20251001-v1:0";

let bedrock: ScriptedUpstream;
let openai: ScriptedUpstream;
/** Allowed in the configuration. */
let images: ScriptedUpstream;
/** Not allowed, and what a redirect leads to. */
let inside: ScriptedUpstream;
let gateway: ServerProcess;

const config = (): ConfigInput => ({
  providers: {
    aws: {
      kind: "bedrock",
      region: "eu-west-1",
      baseUrl: bedrock.url,
      credentials: [{ id: "main", bearer: "env:KEY" }],
    },
    compatible: { kind: "openai-compatible", baseUrl: openai.url },
  },
  models: {
    bytes: { targets: [{ provider: "aws", model: claude }], attempts: { max: 1 } },
    urls: { targets: [{ provider: "compatible", model: "gpt-4-turbo" }], attempts: { max: 1 } },
    mixed: {
      targets: [
        { provider: "aws", model: claude, priority: 0 },
        { provider: "compatible", model: "gpt-4-turbo", priority: 1 },
      ],
      balance: "failover",
    },
  },
  egress: { allow: [new URL(images.url).host] },
  tenants: {
    demo: {},
    frugal: {
      keys: [{ id: "frugal", secret: frugalKey }],
      // The whole window of the model would cost twenty times as much, one image half of it.
      budgets: [{ scope: "key", window: "month", usd: 0.02 }],
    },
  },
});

const sendWith =
  (contentType: string, bytes: Buffer): ScriptedUpstream["answer"] =>
  (response) =>
    response.writeHead(200, { "content-type": contentType }).end(bytes);

before(async () => {
  [bedrock, openai, images, inside] = await Promise.all([
    ScriptedUpstream.start(),
    ScriptedUpstream.start(),
    ScriptedUpstream.start(),
    ScriptedUpstream.start(),
  ]);
  bedrock.answer = sendWith("application/json", answerOf("bedrock"));
  openai.answer = sendWith("application/json", answerOf("openai"));
  inside.answer = sendWith("image/png", png);
  gateway = await ServerProcess.start({
    config: JSON.stringify(config()),
    env: { KEY: "key-of-bedrock", AWS_EC2_METADATA_DISABLED: "true" },
  });
});

after(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const each of [bedrock, openai, images, inside]) await each[Symbol.asyncDispose]();
});

afterEach(() => {
  assert.equal(inside.seen.length, 0);
  for (const each of [bedrock, openai, images]) each.seen.length = 0;
});

interface Asking {
  readonly key?: string | null;
  readonly signal?: AbortSignal;
}

const post = async (path: string, body: object, { key, signal }: Asking = {}) => {
  const response = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    signal: signal ?? null,
    headers: {
      authorization: `Bearer ${key ?? gateway.ready.demoKey}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  return { response, text: await response.text() };
};

const look = (model: string, url: string, key: string | null = null) => {
  const parts = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url } },
  ];
  const body = { model, max_tokens: 10, messages: [{ role: "user", content: parts }] };
  return post("/v1/chat/completions", body, { key });
};

const bodyOf = (seen: SeenRequest | undefined): string => seen?.body.toString() ?? "";

test("WIR-13 an image by URL reaches Bedrock as bytes", async () => {
  images.answer = sendWith("application/octet-stream", png);
  const { response, text } = await look("bytes", `${images.url}/a.png?sig=1`);
  assert.equal(response.status, 200, text);
  assert.equal(images.seen[0]?.path, "/a.png?sig=1");
  assert.deepEqual(JSON.parse(bodyOf(bedrock.seen[0])).messages[0].content[1], {
    image: { format: "png", source: { bytes: png.toString("base64") } },
  });
});

test("WIR-13 it reaches a target of the client's own words as the client wrote it", async () => {
  const { response, text } = await look("urls", "http://127.0.0.1:1/a.png");
  assert.equal(response.status, 200, text);
  assert.equal(images.seen.length, 0);
  assert.match(bodyOf(openai.seen[0]), /"url":"http:\/\/127\.0\.0\.1:1\/a\.png"/);
});

test("WIR-13 a document by URL reaches an OpenAI target as bytes, an image as URL", async () => {
  images.answer = sendWith("application/pdf", pdf);
  const source = (name: string) => ({ type: "url", url: `${images.url}/${name}` });
  const { response, text } = await post("/v1/messages", {
    model: "urls",
    max_tokens: 10,
    messages: [
      {
        role: "user",
        content: [
          { type: "document", title: "report.pdf", source: source("report.pdf") },
          { type: "image", source: source("a.png") },
        ],
      },
    ],
  });
  assert.equal(response.status, 200, text);
  assert.deepEqual(
    images.seen.map(({ path }) => path),
    ["/report.pdf"],
  );
  assert.deepEqual(JSON.parse(bodyOf(openai.seen[0])).messages[0].content, [
    {
      type: "file",
      file: {
        file_data: `data:application/pdf;base64,${pdf.toString("base64")}`,
        filename: "report.pdf",
      },
    },
    { type: "image_url", image_url: { url: `${images.url}/a.png` } },
  ]);
});

test("SEC-6 a URL that leads inside is refused, and no target is called", async () => {
  const urls = [
    "https://169.254.169.254/latest/meta-data/",
    "https://[::ffff:10.0.0.1]/",
    "https://localhost/",
    `${inside.url}/a.png`,
    "https://nowhere.invalid/",
  ];
  for (const url of urls) {
    const { response, text } = await look("bytes", url);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get("x-sekisho-cause"), "attachment_failed");
    assert.equal(response.headers.get("x-should-retry"), "false");
    const { error } = JSON.parse(text);
    assert.deepEqual([error.code, error.param], ["attachment_failed", "messages.[0]"]);
  }
  assert.equal(bedrock.seen.length, 0);
});

test("SEC-6 a redirect is not followed", async () => {
  images.answer = (response) => response.writeHead(302, { location: `${inside.url}/a.png` }).end();
  const { response, text } = await look("bytes", `${images.url}/a.png`);
  assert.equal(response.status, 400);
  assert.match(text, /redirects are not followed/);
});

test("WIR-13 where the fetch fails, a target that needs none is called", async () => {
  images.answer = (response) => response.writeHead(404).end();
  const { response, text } = await look("mixed", `${images.url}/a.png`);
  assert.equal(response.status, 200, text);
  assert.equal(bedrock.seen.length, 0);
  assert.equal(openai.seen.length, 1);
});

test("RTE-10 a server that never answers costs no more than the deadline", async () => {
  images.answer = () => {};
  const body = {
    model: "bytes",
    messages: [
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: `${images.url}/a.png` } }],
      },
    ],
  };
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.ready.demoKey}`,
      "content-type": "application/json",
      "x-sekisho-request-timeout-ms": "300",
    },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  assert.equal(response.status, 504);
  assert.equal(response.headers.get("x-sekisho-cause"), "deadline_exceeded");
  assert.equal(bedrock.seen.length, 0);
});

test("SEC-6 nothing is fetched on for a client that has left, no target is called", async () => {
  const url = `${images.url}/a.png`;
  const asks = [
    ["/v1/chat/completions", "mixed", { type: "image_url", image_url: { url } }],
    ["/v1/messages/count_tokens", "bytes", { type: "image", source: { type: "url", url } }],
  ] as const;
  for (const [path, model, part] of asks) {
    const fetching = Promise.withResolvers<ServerResponse>();
    images.answer = fetching.resolve;
    const leaving = new AbortController();
    const body = { model, messages: [{ role: "user", content: [part] }] };
    const asked = post(path, body, { signal: leaving.signal });
    const response = await fetching.promise;
    // A fetch that goes on takes 10 s.
    const over = once(response, "close", { signal: AbortSignal.timeout(5_000) });
    leaving.abort();
    await assert.rejects(asked, { name: "AbortError" });
    await over;
    assert.deepEqual([bedrock.seen.length, openai.seen.length], [0, 0]);
  }
});

test("MON-4 what was fetched is bounded: a small budget does for a small image", async () => {
  images.answer = sendWith("image/png", png);
  const { response, text } = await look("bytes", `${images.url}/a.png`, frugalKey);
  assert.equal(response.status, 200, text);
  const mixed = await look("mixed", `${images.url}/a.png`, frugalKey);
  // A target of the client's own words fetches the URL itself: the bound stays its whole window.
  assert.equal(mixed.response.status, 402, mixed.text);
});
