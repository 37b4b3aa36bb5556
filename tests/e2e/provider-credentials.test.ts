import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { readSignatureClaim } from "@sekisho/lib/signature/signature-claim.ts";
import { SignatureVerifier } from "@sekisho/lib/signature/sigv4-verify.ts";
import { TemporaryFolder } from "@sekisho/lib/storage/testing/temporary-folder.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { ScriptedUpstream, type SeenRequest } from "../harness/scripted-upstream.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";

type ProviderInput = NonNullable<ConfigInput["providers"]>[string];

const noNetwork = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  AWS_CONFIG_FILE: "/nonexistent/config",
};

type Sent = SeenRequest & {
  readonly header: (name: string) => string | undefined;
  readonly headerNames: () => readonly string[];
};

/** The real program with one provider, which refuses all and remembers it. */
class GatewayOfOne implements AsyncDisposable {
  readonly server: ServerProcess;
  readonly #upstream: ScriptedUpstream;

  private constructor(server: ServerProcess, upstream: ScriptedUpstream) {
    this.server = server;
    this.#upstream = upstream;
  }

  static async start(
    provider: (url: string) => ProviderInput,
    env: Readonly<Record<string, string>>,
  ): Promise<GatewayOfOne> {
    const upstream = await ScriptedUpstream.start();
    upstream.answer = (response) => response.writeHead(400).end("{}");
    const model = "anthropic.claude-sonnet-4-6";
    const config: ConfigInput = {
      providers: { p: provider(upstream.url) },
      models: { m: { targets: [{ provider: "p", model }], attempts: { max: 1 } } },
      prices: { unpriced: "allow" },
    };
    try {
      const server = await ServerProcess.start({
        config: JSON.stringify(config),
        env: { ...noNetwork, ...env },
      });
      return new GatewayOfOne(server, upstream);
    } catch (error) {
      await upstream[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Asks for one chat completion. */
  chat(): Promise<Response> {
    const { url, ready } = this.server;
    return fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${ready.demoKey}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] }),
    });
  }

  /** What reaches the provider of one chat completion. */
  async send(): Promise<Sent> {
    const said = await (await this.chat()).text();
    const seen = this.#upstream.seen.shift();
    assert.ok(seen !== undefined, said);
    const headers = new Map<string, string>();
    for (let at = 0; at + 1 < seen.rawHeaders.length; at += 2) {
      headers.set((seen.rawHeaders[at] ?? "").toLowerCase(), seen.rawHeaders[at + 1] ?? "");
    }
    return { ...seen, header: (name) => headers.get(name), headerNames: () => [...headers.keys()] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#upstream[Symbol.asyncDispose]();
  }
}

async function sent(
  provider: (url: string) => ProviderInput,
  env: Readonly<Record<string, string>>,
): Promise<Sent> {
  await using gateway = await GatewayOfOne.start(provider, env);
  return await gateway.send();
}

/** Is it signed with this secret for Bedrock in this region? */
function assertSigned(seen: Sent, region: string, pair: { id: string; secret: string }): void {
  const claim = readSignatureClaim(seen.header("authorization") ?? "");
  assert.ok(claim !== null);
  assert.equal(claim.accessKeyId, pair.id);
  const verifier = new SignatureVerifier({
    service: "bedrock",
    regions: [region],
    maxSkewMs: 300_000,
    pathPrefixes: [],
  });
  const { method, path, header, headerNames } = seen;
  const head = { method, path, query: "", header, headerNames };
  const proof = { secretAccessKey: pair.secret, body: seen.body, nowMs: Date.now() };
  assert.deepEqual(verifier.verify(claim, head, proof), { ok: true });
}

const bedrock = (credential: object) => (url: string) =>
  // Each test names one form.
  ({
    kind: "bedrock",
    region: "eu-west-1",
    baseUrl: url,
    credentials: [{ id: "main", ...credential }],
  }) as ProviderInput;

const conversePath = "/model/anthropic.claude-sonnet-4-6/converse";

test("CFG-2 Anthropic is called with its key, its version and below its base URL", async () => {
  const seen = await sent(
    (url) => ({
      kind: "anthropic",
      baseUrl: `${url}/proxy/`,
      apiVersion: "2026-10-21",
      credentials: [{ id: "main", apiKey: "env:KEY" }],
    }),
    { KEY: "key-of-anthropic" },
  );
  assert.equal(seen.path, "/proxy/v1/messages");
  assert.equal(seen.header("x-api-key"), "key-of-anthropic");
  assert.equal(seen.header("authorization"), undefined);
  assert.equal(seen.header("anthropic-version"), "2026-10-21");
});

test("CFG-2 Anthropic is called with a bearer token", async () => {
  const seen = await sent(
    (url) => ({
      kind: "anthropic",
      baseUrl: url,
      credentials: [{ id: "main", bearer: "env:KEY" }],
    }),
    { KEY: "token-of-anthropic" },
  );
  assert.equal(seen.path, "/v1/messages");
  assert.equal(seen.header("authorization"), "Bearer token-of-anthropic");
  assert.equal(seen.header("x-api-key"), undefined);
  assert.equal(seen.header("anthropic-version"), "2023-06-01");
});

test("AWS-7 Bedrock is called with a bearer key", async () => {
  const seen = await sent(bedrock({ bearer: "env:KEY" }), { KEY: "key-of-bedrock" });
  assert.equal(seen.path, conversePath);
  assert.equal(seen.header("authorization"), "Bearer key-of-bedrock");
});

test("AWS-7 Bedrock is called with signatures of a configured pair", async () => {
  const sigv4 = {
    accessKeyId: "env:ID",
    secretAccessKey: "env:SECRET",
    sessionToken: "env:TOKEN",
  };
  const env = { ID: "AKID", SECRET: "secret-of-pair", TOKEN: "token-of-session" };
  const seen = await sent(bedrock({ sigv4 }), env);
  assert.equal(seen.header("x-amz-security-token"), "token-of-session");
  assertSigned(seen, "eu-west-1", { id: "AKID", secret: "secret-of-pair" });
});

test("AWS-7 Bedrock is called with what the chain finds, from the first request on", async () => {
  const agent = createServer((_request, response) =>
    response.end(
      JSON.stringify({
        AccessKeyId: "AKIDLENT",
        SecretAccessKey: "secret-of-agent",
        Token: "token-of-agent",
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    ),
  );
  agent.listen(0, "127.0.0.1");
  await once(agent, "listening");
  const address = agent.address();
  assert.ok(address !== null && typeof address === "object");
  try {
    const seen = await sent(bedrock({ chain: true }), {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${address.port}/`,
    });
    assert.equal(seen.header("x-amz-security-token"), "token-of-agent");
    assertSigned(seen, "eu-west-1", { id: "AKIDLENT", secret: "secret-of-agent" });
  } finally {
    agent.closeAllConnections();
    agent.close();
  }
});

test("AWS-7 a reload reads the chain again, and until then what was read serves", async () => {
  using folder = new TemporaryFolder();
  const file = folder.file("credentials");
  const write = (id: string): void =>
    writeFileSync(file, `[default]\naws_access_key_id=${id}\naws_secret_access_key=secret-${id}\n`);
  write("AKIDONE");
  const env = { AWS_SHARED_CREDENTIALS_FILE: file };
  await using gateway = await GatewayOfOne.start(bedrock({ chain: true }), env);
  assertSigned(await gateway.send(), "eu-west-1", { id: "AKIDONE", secret: "secret-AKIDONE" });
  write("AKIDTWO");
  assertSigned(await gateway.send(), "eu-west-1", { id: "AKIDONE", secret: "secret-AKIDONE" });
  process.kill(gateway.server.pid, "SIGHUP");
  const seen = await until("a request is signed with the second pair", async () => {
    const each = await gateway.send();
    return each.header("authorization")?.includes("AKIDTWO") === true ? each : null;
  });
  assertSigned(seen, "eu-west-1", { id: "AKIDTWO", secret: "secret-AKIDTWO" });
});

test("AWS-7 without credentials the program starts, and no call waits for any", async () => {
  await using gateway = await GatewayOfOne.start(bedrock({ chain: true }), {});
  const response = await gateway.chat();
  assert.equal(response.headers.get("x-sekisho-cause"), "upstream_unavailable");
  assert.match(gateway.server.log, /AWS credentials could not be loaded/);
});
