import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import type { UsageFiguresView, UsageView } from "@sekisho/wire/admin/usage.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { LedgerFile, StoredRow } from "./ledger-file.ts";
import { LedgerReader } from "./ledger-reader.ts";
import { ServerProcess, type ServerOptions } from "./server-process.ts";
import { steeredConfig } from "./steered-config.ts";
import { until } from "./until.ts";

type Headers = Readonly<Record<string, string>>;

export interface GatewayOptions {
  /** Makes the configuration from the simulator's URL; the steered one by default. */
  readonly config?: (simulatorUrl: string) => ConfigInput | Promise<ConfigInput>;
  readonly data?: string;
  /** As `ServerOptions`. */
  readonly files?: ServerOptions["files"];
  /** Beside what the process has anyway. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A machine that is busy with other tests is no reason to refuse calls. */
const calm = { lagMs: null, queueAgeMs: null };

/** The real program in its own process, and as its provider a simulator that the test steers. */
export class GatewayUnderTest implements AsyncDisposable {
  readonly server: ServerProcess;
  readonly simulator: Simulator;
  /** The simulator's: times in its journal compare with those of this clock. */
  readonly clock: SystemClock;
  #books: LedgerReader | null = null;

  private constructor(server: ServerProcess, simulator: Simulator, clock: SystemClock) {
    this.server = server;
    this.simulator = simulator;
    this.clock = clock;
  }

  static async start(options: GatewayOptions = {}): Promise<GatewayUnderTest> {
    const clock = new SystemClock();
    const simulator = await startSimulator({ port: 0, seed: 1, clock });
    try {
      const own = await (options.config ?? steeredConfig)(simulator.url);
      const config = { shedding: calm, ...own };
      const server = await ServerProcess.start({
        // Every JSON document is a YAML document.
        config: JSON.stringify(config),
        ...(options.data === undefined ? {} : { data: options.data }),
        ...(options.files === undefined ? {} : { files: options.files }),
        ...(options.env === undefined ? {} : { env: options.env }),
      });
      return new GatewayUnderTest(server, simulator, clock);
    } catch (error) {
      await simulator.close();
      throw error;
    }
  }

  get url(): string {
    return this.server.url;
  }

  /** A client's key that may do everything. */
  get key(): string {
    return this.server.ready.demoKey ?? "";
  }

  /** Posts a body, an object as JSON, with the demo key. */
  post(path: string, body: object | string, headers: Headers = {}): Promise<Response> {
    const bytes =
      typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    return fetch(`${this.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.key}`,
        "content-type": "application/json",
        ...headers,
      },
      body: bytes,
    });
  }

  /** A chat completion of one user message, posted as it would be by hand. */
  chat(content: string, rest: object = {}, headers: Headers = {}): Promise<Response> {
    const messages = [{ role: "user", content }];
    return this.post("/v1/chat/completions", { model: "sole", messages, ...rest }, headers);
  }

  /** Lets the calls go on that are held or paused, once there are so many. */
  async letGo(count = 1): Promise<void> {
    await this.simulator.whenHeld(count);
    this.simulator.release();
  }

  /** The totals of all calls, once they are in the books. */
  async usage(): Promise<UsageFiguresView> {
    await this.settled();
    const response = await fetch(`${this.server.ready.urls["admin"]}/admin/usage?range=1h`, {
      headers: { authorization: `Bearer ${this.server.ready.adminKey}` },
    });
    // The server's own answer, of the shape that it shares with the command line.
    return ((await response.json()) as UsageView).totals;
  }

  /** The books, read past the server. */
  get books(): LedgerReader {
    this.#books ??= new LedgerReader(this.server.data);
    return this.#books;
  }

  get ledger(): LedgerFile {
    return this.books.ledger();
  }

  /** The books once no call is open in them: terminal rows are written behind the answer. */
  settled(): Promise<LedgerFile> {
    return until("every call has its terminal row", () => {
      const { ledger } = this;
      return ledger.openIntents === 0 ? ledger : null;
    });
  }

  /** The rows of one call, the response's first, once it is in the books. */
  rowsOf({ headers }: { readonly headers: globalThis.Headers }): Promise<readonly StoredRow[]> {
    const id = headers.get("x-request-id")?.slice("req_".length);
    return until(`the rows of ${id}`, () => {
      const rows = this.books.rowsOf(id ?? "");
      return rows.length > 0 ? rows : null;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#books?.[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
    await this.simulator.close();
  }
}
