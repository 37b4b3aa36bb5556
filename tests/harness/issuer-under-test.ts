import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ownPort } from "./own-port.ts";

const program = join(import.meta.dirname, "issuer-process.js");
/** Of the clients `test`, for tokens, and `console`, for people. */
export const issuerSecret = "a-secret-of-the-test-of-32-letters";

/** A real issuer in a process of its own: oidc-provider, on loopback. */
export class IssuerUnderTest implements AsyncDisposable {
  #process: ChildProcess;
  readonly #port: number;
  #generation = 1;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.#port = port;
  }

  static async start(): Promise<IssuerUnderTest> {
    const { child, port } = await spawnIssuer(await ownPort(), "key-1");
    return new IssuerUnderTest(child, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** An access token as the issuer gives it to a client of its own. */
  async token(audience: string, claims: object): Promise<string> {
    const answer = await fetch(`${this.url}/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`test:${issuerSecret}`)}`,
        "content-type": "application/x-www-form-urlencoded",
        "x-claims": JSON.stringify(claims),
      },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        resource: `https://${audience}`,
      }),
    });
    const body: unknown = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    // As RFC 6749 says.
    return (body as { readonly access_token: string }).access_token;
  }

  /** Who signs in from now on at the issuer's page; `sub` null: nobody is let in. */
  async account(sub: string | null, groups: readonly string[]): Promise<void> {
    const body = JSON.stringify({ sub, groups });
    await (await fetch(`${this.url}/test/account`, { method: "POST", body })).arrayBuffer();
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }

  /** The same issuer with another key, and without the one before. */
  async rotate(): Promise<void> {
    await this.stop();
    this.#generation += 1;
    const { child } = await spawnIssuer(this.#port, `key-${this.#generation}`);
    this.#process = child;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function spawnIssuer(port: number, kid: string) {
  const args = ["--disable-warning=ExperimentalWarning", program, String(port), kid];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of child.stdout.iterator({ destroyOnReturn: false })) {
    // The library speaks there too: a pipe that is shut would end it.
    child.stdout.resume();
    return { child, port: Number(String(line).trim()) };
  }
  throw new Error("Cannot start the issuer: it ended before it said its port");
}
