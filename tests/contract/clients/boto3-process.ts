import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Access, SeenFailure } from "./contract-client.ts";

const driver = join(import.meta.dirname, "boto3_driver.py");

/** Is there a Python whose boto3 knows Converse? */
export function hasBoto3(): boolean {
  const client = 'boto3.client("bedrock-runtime", region_name="us-east-1")';
  const proof = `import boto3; ${client}.converse_stream`;
  return spawnSync("python3", ["-c", proof], { stdio: "ignore" }).status === 0;
}

/** An error that boto3 raised. */
export class Boto3Error extends Error {
  readonly failure: SeenFailure;

  constructor(failure: SeenFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A line of the driver. */
interface Line {
  readonly id: number;
  readonly event?: unknown;
  readonly done?: unknown;
  readonly error?: Raised;
}

interface Raised extends Omit<SeenFailure, "header"> {
  readonly headers: Readonly<Record<string, string>> | null;
}

/** A call of a client with these settings. */
export interface Boto3Call {
  readonly how: "ask" | "stream";
  readonly settings: Access;
  readonly input: object;
}

export interface RunOptions {
  readonly onEvent: (event: unknown) => void;
  /** Ends a stream; nothing ends a whole answer. */
  readonly signal?: AbortSignal;
}

/** Python with boto3 for any number of clients, started when it is first asked for something. */
export class Boto3Process implements Disposable {
  readonly #takers = new Map<number, (line: Line) => void>();
  #child: ChildProcess | null = null;
  #count = 0;

  /** Resolves with what the call returned. Rejects with Boto3Error. */
  run(call: Boto3Call, { onEvent, signal }: RunOptions): Promise<unknown> {
    const id = ++this.#count;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#takers.set(id, (line) => {
      if ("event" in line) return onEvent(line.event);
      this.#takers.delete(id);
      if (line.error === undefined) resolve(line.done);
      else reject(new Boto3Error(failureOf(line.error)));
    });
    signal?.addEventListener("abort", () => this.#say({ id, how: "stop" }));
    this.#say({ id, ...call });
    return promise;
  }

  [Symbol.dispose](): void {
    this.#child?.kill("SIGKILL");
  }

  #say(message: object): void {
    this.#child ??= this.#start();
    this.#child.stdin?.write(`${JSON.stringify(message, written)}\n`);
  }

  #start(): ChildProcess {
    const child = spawn("python3", [driver], {
      env: { PATH: process.env["PATH"] ?? "", AWS_EC2_METADATA_DISABLED: "true" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.on("error", () => {}); // it is ended while a test still writes
    createInterface({ input: child.stdout }).on("line", (text) => {
      // The driver's own line, in this shape.
      const line = JSON.parse(text) as Line;
      this.#takers.get(line.id)?.(line);
    });
    return child;
  }
}

const failureOf = ({ headers, ...raised }: Raised): SeenFailure => ({
  ...raised,
  header: headers === null ? undefined : (name) => headers[name] ?? null,
});

/** Bytes as the driver reads them; a `Buffer` has become an object of its own by then. */
function written(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const given = this[key];
  return given instanceof Uint8Array ? { $bytes: Buffer.from(given).toString("base64") } : value;
}
