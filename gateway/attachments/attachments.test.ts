import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  egressRefusal,
  type Egress,
  type EgressRefusal,
  type FetchAsk,
  type Fetched,
} from "@sekisho/lib/http/egress.ts";
import { defaultEgressGuardOptions, EgressGuard } from "@sekisho/lib/http/egress/egress-guard.ts";
import {
  defaultGuardedFetchOptions,
  GuardedFetch,
} from "@sekisho/lib/http/egress/guarded-fetch.ts";
import { BodyMemory } from "@sekisho/lib/http/exchange/body-memory.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { CanonicalRequest, Part } from "@sekisho/wire/canonical/request.ts";
import { defaultAttachmentLimits, type AttachmentLimits } from "./attachment-limits.ts";
import { Attachments, type AttachmentAsk } from "./attachments.ts";

const png = Buffer.from("\x89PNG\r\n\x1a\npixels", "latin1");
const pdf = Buffer.from("%PDF-1.7 pages");

const requestOf = (...messages: (readonly Part[])[]): CanonicalRequest => ({
  dialect: "openai",
  model: "m",
  stream: false,
  system: [],
  messages: messages.map((parts) => ({ role: "user", parts })),
  tools: [],
  toolChoice: null,
  parallelTools: null,
  sampling: {
    temperature: null,
    topP: null,
    topK: null,
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
  },
  stop: [],
  maxTokens: null,
  responseFormat: null,
  metadata: {},
  user: null,
  streamUsage: false,
  rest: {},
});

const image = (url: string): Part => ({ kind: "image", source: { kind: "url", url } });
const page = (url: string): Part => ({ kind: "document", source: { kind: "url", url }, name: "p" });

const inline = (mediaType: string, bytes: Buffer) =>
  ({ kind: "base64", mediaType, data: bytes.toString("base64") }) as const;

type Script = (url: string, ask: FetchAsk) => Promise<Fetched | EgressRefusal>;

/** Answers from a script, in the manner of the real one: no byte without asking. */
class ScriptedEgress implements Egress {
  readonly asked: string[] = [];
  running = 0;
  mostAtOnce = 0;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async fetch(url: string, ask: FetchAsk): Promise<Fetched | EgressRefusal> {
    this.asked.push(url);
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const answer = await this.#script(url, ask);
    this.running -= 1;
    return answer.ok ? (ask.admit(answer.bytes.length) ?? answer) : answer;
  }
}

const serve = (bytes: Buffer, contentType: string | null = null): Fetched => ({
  ok: true,
  bytes,
  contentType,
});

const both: ReadonlySet<MediaKind> = new Set<MediaKind>(["image", "document"]);
const never = new AbortController().signal;
const forAll: AttachmentAsk = { kinds: both, tenant: "t", signal: never };

function setUp(script: Script, over: Partial<AttachmentLimits> & { memory?: number } = {}) {
  const { memory: memoryBytes = 1_000, ...limits } = over;
  const egress = new ScriptedEgress(script);
  const memory = new BodyMemory(memoryBytes);
  const attachments = new Attachments(
    { egress, memory },
    { ...defaultAttachmentLimits, ...limits },
  );
  return { egress, memory, attachments };
}

const byEnding: Script = async (url) => serve(url.endsWith(".pdf") ? pdf : png);

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  assert.ok(error instanceof Failure, String(error));
  return error;
}

describe("WIR-13 bytes in place of URLs", () => {
  test("images and documents, in tool results too; all else stays", async () => {
    const { attachments, memory } = setUp(byEnding);
    const text: Part = { kind: "text", text: "https://a/x.png" };
    const kept: Part = { kind: "image", source: inline("image/gif", png), detail: "low" };
    const result: Part = { kind: "toolResult", id: "t", parts: [image("https://a/2.png")] };
    const request = requestOf(
      [text, image("https://a/1.png"), kept],
      [page("https://a/3.pdf"), result],
    );
    const attached = await attachments.resolve(request, forAll);
    assert.deepEqual(attached.request, {
      ...request,
      messages: [
        {
          role: "user",
          parts: [text, { kind: "image", source: inline("image/png", png) }, kept],
        },
        {
          role: "user",
          parts: [
            { kind: "document", source: inline("application/pdf", pdf), name: "p" },
            {
              ...result,
              parts: [{ kind: "image", source: inline("image/png", png) }],
            },
          ],
        },
      ],
    });
    assert.deepEqual(
      attached.fetched.map(({ kind, bytes }) => [kind, bytes]),
      [
        ["image", 14],
        ["document", 14],
        ["image", 14],
      ],
    );
    // In base64 20 bytes each, as a source and in the body that is written of it.
    assert.equal(memory.usedBytes, 120);
    attached[Symbol.dispose]();
    attached[Symbol.dispose]();
    assert.equal(memory.usedBytes, 0);
  });

  test("only of the kinds that are asked for", async () => {
    const { attachments, egress } = setUp(byEnding);
    const request = requestOf([image("https://a/1.png"), page("https://a/2.pdf")]);
    const kinds = new Set<MediaKind>(["document"]);
    using attached = await attachments.resolve(request, { ...forAll, kinds });
    assert.deepEqual(egress.asked, ["https://a/2.pdf"]);
    assert.deepEqual(attached.request.messages[0]?.parts[0], image("https://a/1.png"));
  });

  test("the same URL is fetched once", async () => {
    const { attachments, egress, memory } = setUp(byEnding);
    const request = requestOf([image("https://a/1.png")], [image("https://a/1.png")]);
    using attached = await attachments.resolve(request, forAll);
    assert.deepEqual(egress.asked, ["https://a/1.png"]);
    assert.equal(attached.fetched.length, 2);
    // One source for two places of the written body.
    assert.equal(memory.usedBytes, 60);
  });

  test("a request without URLs asks nobody", async () => {
    const { attachments, egress } = setUp(byEnding);
    const request = requestOf([{ kind: "text", text: "a" }]);
    using attached = await attachments.resolve(request, forAll);
    assert.deepEqual(attached.request, request);
    assert.deepEqual(egress.asked, []);
  });
});

describe("SEC-4 limits of attachments", () => {
  const images = (count: number): Part[] =>
    Array.from({ length: count }, (_, n) => image(`https://a/${n}.png`));

  test("their number, before one is fetched", async () => {
    const { attachments, egress } = setUp(byEnding, { maxCount: 2 });
    const request = requestOf(images(2), images(1));
    const failure = await failureOf(attachments.resolve(request, forAll));
    assert.equal(failure.code, "attachment_failed");
    assert.equal(failure.message, "Cannot fetch the attachments: 3 are given by URL, limit 2");
    assert.equal(failure.details.param, "messages.[1]");
    assert.deepEqual(egress.asked, []);
  });

  test("their size together, each place counted", async () => {
    const { attachments, memory } = setUp(byEnding, { maxTotalBytes: 27 });
    const request = requestOf([image("https://a/1.png"), image("https://a/1.png")]);
    const failure = await failureOf(attachments.resolve(request, forAll));
    assert.equal(failure.code, "attachment_failed");
    assert.match(failure.message, /all attachments are larger than 27 bytes together/);
    assert.equal(memory.usedBytes, 0);
  });

  test("what all requests hold", async () => {
    const { attachments, memory } = setUp(byEnding, { memory: 79 });
    const first = await attachments.resolve(requestOf(images(1)), forAll);
    const failure = await failureOf(attachments.resolve(requestOf(images(1)), forAll));
    assert.equal(failure.code, "overloaded");
    assert.equal(memory.usedBytes, 40);
    first[Symbol.dispose]();
    (await attachments.resolve(requestOf(images(1)), forAll))[Symbol.dispose]();
    assert.equal(memory.usedBytes, 0);
  });

  test("how many are fetched at once", async () => {
    const { attachments, egress } = setUp(byEnding, { maxAtOnce: 3 });
    using attached = await attachments.resolve(requestOf(images(9)), forAll);
    assert.equal(attached.fetched.length, 9);
    assert.equal(egress.mostAtOnce, 3);
  });

  test("the limit of one, and whose it is, go to whoever fetches it", async () => {
    const limits: unknown[] = [];
    const { attachments } = setUp(async (_, { maxBytes, party }) => {
      limits.push(party, maxBytes);
      return serve(png);
    });
    using _attached = await attachments.resolve(requestOf(images(1)), forAll);
    assert.deepEqual(limits, ["t", 10_485_760]);
  });
});

describe("WIR-13 attachments that fail", () => {
  const request = requestOf(
    [{ kind: "text", text: "a" }],
    [image("https://a/1.png"), image("https://a/secret?token=t")],
  );

  const refusals: readonly (readonly [EgressRefusal, code: string, retryable?: true])[] = [
    [egressRefusal("not_allowed", "f"), "attachment_failed"],
    [egressRefusal("bad_answer", "f"), "attachment_failed"],
    [egressRefusal("too_large", "f"), "attachment_failed"],
    [egressRefusal("unreachable", "f"), "attachment_failed", true],
    [egressRefusal("timeout", "f"), "attachment_failed", true],
    [egressRefusal("overloaded", "f"), "overloaded"],
  ];

  for (const [refusal, code, retryable] of refusals) {
    test(`${refusal.code}: ${code}${retryable ? ", worth another try" : ""}`, async () => {
      const { attachments, memory } = setUp(async (url) =>
        url.includes("secret") ? refusal : serve(png),
      );
      const failure = await failureOf(attachments.resolve(request, forAll));
      assert.equal(failure.code, code);
      assert.equal(
        failure.message,
        'Cannot fetch attachment 2 of 2, the image by URL in "messages.[1]": f',
      );
      assert.equal(failure.details.param, "messages.[1]");
      assert.equal(failure.details.retryable, retryable);
      assert.equal(memory.usedBytes, 0);
    });
  }

  test("what is there is something else", async () => {
    const { attachments, memory } = setUp(async () => serve(pdf, "image/png"));
    const failure = await failureOf(attachments.resolve(request, forAll));
    assert.equal(failure.code, "attachment_failed");
    assert.match(failure.message, /: what was there is not a PNG, JPEG, GIF or WebP image$/);
    assert.equal(memory.usedBytes, 0);
  });

  test("one URL as image and as document: the place that it does not fit is named", async () => {
    const { attachments } = setUp(byEnding);
    const twice = requestOf([image("https://a/1.png")], [page("https://a/1.png")]);
    const failure = await failureOf(attachments.resolve(twice, forAll));
    assert.equal(failure.details.param, "messages.[1]");
    assert.match(failure.message, /attachment 2 of 2, the document by URL/);
  });

  /** Waits for the signal as the real one does. */
  const untilAborted = (signal: AbortSignal): Promise<EgressRefusal> =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(egressRefusal("aborted", "a")), {
        once: true,
      });
    });

  test("the first failure ends the others", async () => {
    const { attachments, egress } = setUp(async (url, { signal }) =>
      url.includes("secret") ? egressRefusal("not_allowed", "f") : untilAborted(signal),
    );
    const failure = await failureOf(attachments.resolve(request, forAll));
    assert.equal(failure.code, "attachment_failed");
    assert.equal(egress.running, 0);
  });

  test("the signal ends them with its own reason", async () => {
    const { attachments, egress, memory } = setUp(async (url, { signal }) =>
      url.includes("secret") ? untilAborted(signal) : serve(png),
    );
    const leaving = new AbortController();
    const ended = failureOf(attachments.resolve(request, { ...forAll, signal: leaving.signal }));
    leaving.abort(new Failure("deadline_exceeded", "late"));
    assert.equal((await ended).code, "deadline_exceeded");
    assert.equal(egress.running, 0);
    assert.equal(memory.usedBytes, 0);
  });
});

describe("SEC-6 attachments over sockets", () => {
  type Answer = (request: IncomingMessage, response: ServerResponse) => void;

  async function fetched(answer: Answer, part: (url: string) => Part) {
    await using server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // A server that listens on TCP has an address of this form.
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clock = new SystemClock();
    const guard = new EgressGuard(
      { resolver: { lookup: async () => [] }, clock },
      { ...defaultEgressGuardOptions, allow: [host] },
    );
    const egress = new GuardedFetch({ guard, clock }, defaultGuardedFetchOptions);
    const attachments = new Attachments({ egress, memory: new BodyMemory(1_000_000) });
    const request = requestOf([part(`http://${host}/a`)]);
    using attached = await attachments.resolve(request, forAll);
    return attached.request.messages[0]?.parts[0];
  }

  test("an image in a content coding", async () => {
    const found = await fetched((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(png));
    }, image);
    assert.deepEqual(found, { kind: "image", source: inline("image/png", png) });
  });

  test("a text", async () => {
    const found = await fetched((_, response) => {
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end("words");
    }, page);
    const source = inline("text/plain", Buffer.from("words"));
    assert.deepEqual(found, { kind: "document", source, name: "p" });
  });

  const refused: readonly (readonly [title: string, Answer, message: RegExp])[] = [
    [
      "a page that says that nothing is there, with status 200",
      (_, response) => response.setHeader("content-type", "text/html").end("<h1>Gone</h1>"),
      /is not a PNG/,
    ],
    ["an error", (_, response) => response.writeHead(403).end(), /status 403/],
    [
      "a redirect",
      (_, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
      /redirects are not followed/,
    ],
    ["a connection that is cut", (request) => request.socket.destroy(), /ended the connection/],
    [
      "a length beyond the limit",
      (_, response) => response.writeHead(200, { "content-length": 11_000_000 }).write("x"),
      /larger than 10485760 bytes/,
    ],
  ];

  for (const [title, answer, message] of refused) {
    test(`${title} is refused`, async () => {
      const failure = await failureOf(fetched(answer, image));
      assert.equal(failure.code, "attachment_failed");
      assert.match(failure.message, message);
    });
  }
});
