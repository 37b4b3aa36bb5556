import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { describe, test, type TestContext } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { TemporaryFolder } from "@sekisho/lib/storage/testing/temporary-folder.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { loaded } from "../../config/loading/text-fixture.ts";
import { AwsCredentialChain, failureReason, loadFromAwsChain } from "./aws-credential-chain.ts";

const withChain = loaded(
  "providers: { p: { kind: bedrock, region: us-east-1, credentials: [{ id: a, chain: true }] } }",
).config;
const withoutChain = loaded("providers: {}").config;

/** Gives this process the variables of the chain and no others, and no way beyond loopback. */
function inEnvironment(t: TestContext, variables: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = {
    PATH: before["PATH"] ?? "",
    HOME: "/nonexistent",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
    AWS_CONFIG_FILE: "/nonexistent/config",
    ...variables,
  };
}

/** A chain on virtual time, and what it logs. */
class ChainUnderTest implements Disposable {
  readonly clock = new VirtualClock();
  readonly logged: string[] = [];
  readonly chain = new AwsCredentialChain({
    clock: this.clock,
    random: new SeededRandom(7),
    log: { warn: (message, fields) => this.logged.push(`${message}: ${String(fields?.reason)}`) },
  });

  get id(): string | null {
    return this.chain.current()?.accessKeyId ?? null;
  }

  /** Joins the load under way: there is one at a time. */
  loaded(): Promise<void> {
    return this.chain.serve(withChain);
  }

  [Symbol.dispose](): void {
    this.chain[Symbol.dispose]();
    assert.equal(this.clock.pendingTimers, 0);
  }
}

/** What a container's agent lends, each credential for ten minutes of the clock. */
async function containerAgent(t: TestContext, clock: VirtualClock) {
  const tokens: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    tokens.push(headers.authorization);
    const lent = {
      AccessKeyId: `AKID${tokens.length}`,
      SecretAccessKey: "secret",
      Token: "session",
      Expiration: new Date(clock.wallMs() + 600_000).toISOString(),
    };
    response.end(JSON.stringify(lent));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { tokens, server, url: `http://127.0.0.1:${address.port}/credentials` };
}

describe("AWS-7 the standard chain", { concurrency: false }, () => {
  test("reads the environment, with a session's token and end", async (t) => {
    inEnvironment(t, {
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session",
      AWS_CREDENTIAL_EXPIRATION: "2026-01-01T01:00:00Z",
    });
    assert.deepEqual(await loadFromAwsChain(() => {}), {
      credential: { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "session" },
      expiresAtMs: Date.UTC(2026, 0, 1, 1),
    });
  });

  test("reads a profile of the shared file, anew with each configuration", async (t) => {
    using folder = new TemporaryFolder();
    using under = new ChainUnderTest();
    const file = folder.file("credentials");
    const write = (accessKeyId: string): void =>
      writeFileSync(
        file,
        "[default]\naws_access_key_id = OTHER\naws_secret_access_key = other\n" +
          `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = secret\n`,
      );
    inEnvironment(t, { AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: "work" });
    write("FIRST");
    await under.chain.serve(withChain);
    assert.deepEqual(under.chain.current(), {
      accessKeyId: "FIRST",
      secretAccessKey: "secret",
      sessionToken: null,
    });
    write("SECOND");
    assert.equal(under.id, "FIRST");
    await under.chain.serve(withChain);
    assert.equal(under.id, "SECOND");
    assert.deepEqual(under.logged, []);
  });

  test("asks a container's agent with its token, and again before the end", async (t) => {
    using under = new ChainUnderTest();
    const { tokens, server, url } = await containerAgent(t, under.clock);
    inEnvironment(t, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "token-of-container",
    });
    await under.chain.serve(withChain);
    assert.equal(under.id, "AKID1");
    under.clock.advanceBy(479_999);
    assert.equal(tokens.length, 1);
    const asked = once(server, "request");
    under.clock.advanceBy(1);
    assert.equal(under.id, "AKID1", "a call does not wait");
    await asked;
    await under.loaded();
    assert.equal(under.id, "AKID2");
    assert.deepEqual(tokens, ["token-of-container", "token-of-container"]);
  });

  test("that finds nothing lets the server start, says so, and is asked again", async (t) => {
    using under = new ChainUnderTest();
    inEnvironment(t, {});
    await under.chain.serve(withChain);
    assert.equal(under.id, null);
    assert.deepEqual(under.logged, [
      "AWS credentials could not be loaded: " +
        "CredentialsProviderError: Could not load credentials from any providers",
    ]);
    process.env["AWS_ACCESS_KEY_ID"] = "AKID";
    process.env["AWS_SECRET_ACCESS_KEY"] = "secret";
    under.clock.advanceBy(2_000);
    await under.loaded();
    assert.equal(under.id, "AKID");
  });

  test("warns into our log, not past it", async (t) => {
    using under = new ChainUnderTest();
    inEnvironment(t, {
      AWS_PROFILE: "work",
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
    const warned = t.mock.method(console, "warn");
    await under.chain.serve(withChain);
    assert.equal(warned.mock.callCount(), 0);
    assert.match(under.logged.join("\n"), /chain warns: .*Multiple credential sources detected/s);
  });
});

test("AWS-7 the chain is asked while a configuration wants it", async (t) => {
  using under = new ChainUnderTest();
  const { tokens, url } = await containerAgent(t, under.clock);
  inEnvironment(t, { AWS_CONTAINER_CREDENTIALS_FULL_URI: url });
  await under.chain.serve(withoutChain);
  assert.deepEqual([under.id, tokens.length], [null, 0]);
  await under.chain.serve(withChain);
  await under.chain.serve(withoutChain);
  assert.equal(under.clock.pendingTimers, 0);
  under.clock.advanceBy(599_999);
  assert.deepEqual([under.id, tokens.length], ["AKID1", 1], "calls under way are signed still");
  under.clock.advanceBy(1);
  assert.equal(under.id, null);
  await under.chain.serve(withChain);
  assert.deepEqual([under.id, tokens.length], ["AKID2", 2]);
});

test("SEC-9 the reason of a failure quotes nothing that may be a secret", () => {
  const secrets = ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "c4n4ry"];
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      return error;
    }
  };
  const errors = [
    ...secrets.map((secret) => parse(`{"Token": ${secret}}`)),
    ...secrets.map((secret) => parse(`{"AccessKeyId": "${secret}", "Token": x}`)),
    ...secrets.slice(0, 2).map((secret) => new Error(`Cannot use ${secret} for ${secret}`)),
    ...secrets.map((secret) => new Error(`Cannot use '${secret}'`)),
    ...secrets.map((secret) => `thrown ${secret}`),
  ];
  for (const error of errors) {
    const reason = failureReason(error);
    for (const secret of secrets) assert.ok(!reason.includes(secret.slice(0, 5)), reason);
  }
  assert.equal(
    failureReason(new TypeError("Set AWS_CONTAINER_CREDENTIALS_FULL_URI\nor the other one.")),
    "TypeError: Set AWS_CONTAINER_CREDENTIALS_FULL_URI or the other one.",
  );
  assert.equal(failureReason(new Error("a ".repeat(500))).length, 200);
});
