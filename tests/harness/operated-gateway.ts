import assert from "node:assert/strict";
import type { CircuitList, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { ExplainView } from "@sekisho/wire/admin/explain.ts";
import { GatewayUnderTest, type GatewayOptions } from "./gateway-under-test.ts";
import { runProgram, type ProgramRun } from "./run-program.ts";

/** A gateway and its operator, at the command line and at the admin API. */
export class OperatedGateway implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;

  private constructor(gateway: GatewayUnderTest) {
    this.gateway = gateway;
  }

  static async start(options: GatewayOptions): Promise<OperatedGateway> {
    return new OperatedGateway(await GatewayUnderTest.start(options));
  }

  /** A command against the running server, which it finds by its data folder. */
  run(args: readonly string[], input?: string): Promise<ProgramRun> {
    const place = input === undefined ? {} : { input };
    return runProgram([...args, "--data", this.gateway.server.data], place);
  }

  /** The same, for commands that must succeed: what it printed and said. */
  async sekisho(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    assert.equal(code, 0, stderr);
    return stdout + stderr;
  }

  admin(method: string, path: string, body?: object): Promise<Response> {
    const { urls, adminKey } = this.gateway.server.ready;
    return fetch(`${urls["admin"]}${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async explain(asked: object): Promise<ExplainView> {
    const response = await this.admin("POST", "/admin/explain", asked);
    assert.equal(response.status, 200, await response.clone().text());
    // The server's own answer, of the shape that it shares with the command line.
    return (await response.json()) as ExplainView;
  }

  async circuits(): Promise<CircuitList> {
    // As above.
    return (await (await this.admin("GET", "/admin/circuits")).json()) as CircuitList;
  }

  async circuit(id: string): Promise<CircuitView> {
    const found = (await this.circuits()).circuits.find((each) => each.id === id);
    assert.ok(found, `there is a circuit ${id}`);
    return found;
  }

  /** Asks a model once and says who served, or refused, at which attempt. */
  async call(model: string): Promise<{ status: number; by: string | null; attempts: number }> {
    const response = await this.gateway.chat("Hello", { model });
    await response.arrayBuffer();
    const { status, headers } = response;
    const attempts = Number(headers.get("x-sekisho-attempts") ?? 0);
    return { status, by: headers.get("x-sekisho-provider"), attempts };
  }

  /** The lines of the audit log so far: `event object`. */
  get audited(): string[] {
    const lines = this.gateway.server.log.split("\n").filter((line) => line.includes('"admin.'));
    return lines.map((line) => {
      // The log is the server's own, one JSON object a line.
      const { event, object } = JSON.parse(line) as { event: string; object: string };
      return `${event} ${object}`;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.gateway[Symbol.asyncDispose]();
  }
}
