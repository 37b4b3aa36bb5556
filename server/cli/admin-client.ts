import { readProblem } from "@sekisho/wire/admin/problem.ts";
import { receiveLines, sendRequest, type HttpAnswer, type HttpRequest } from "./http-request.ts";
import type { Invocation } from "./command.ts";
import { dataFolder, readFirstRunAdminKey, readServerFile } from "./server-file.ts";
import { printable } from "./table.ts";
import { cliFailure } from "./terminal.ts";

/** A change of the configuration is refused with a line for each fault; other refusals have one. */
const isConfigChange = (path: string): boolean =>
  path.startsWith("/admin/config/") || path === "/admin/budgets";

/** The admin API of a running server. Every failure ends the command with its exit code. */
export class AdminClient {
  readonly #base: URL;
  readonly #key: string;

  constructor(base: URL, key: string) {
    this.#base = base;
    this.#key = key;
  }

  /** The server and key that the options, the environment or the data folder name. */
  static connect({ options, terminal }: Invocation): AdminClient {
    const folder = dataFolder(options, terminal);
    const base = findServer(folder, options.text("url") ?? terminal.env["SEKISHO_URL"]);
    const key =
      options.text("admin-key") ??
      (terminal.env["SEKISHO_ADMIN_KEY"] || readFirstRunAdminKey(folder));
    if (key === null) {
      const where = `use --admin-key or SEKISHO_ADMIN_KEY; ${folder}/first-run.json has none`;
      throw cliFailure("refused", `Cannot ask ${base.origin}: no admin key, ${where}`);
    }
    if (base.protocol === "http:" && !isLoopback(base.hostname)) {
      terminal.err(`sekisho: the admin key travels unencrypted to ${base.host}\n`);
    }
    return new AdminClient(base, key);
  }

  /** The id that stands in the key it asks with; null when that is no key of ours. */
  get keyId(): string | null {
    const body = /^ska_[a-z]+_(?<body>[0-9A-Za-z]{26})_/.exec(this.#key)?.groups?.["body"];
    return body === undefined ? null : `key_${body}`;
  }

  get(path: string): Promise<unknown> {
    return this.#send("GET", path, null);
  }

  send(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<unknown> {
    return this.#send(method, path, body === undefined ? null : JSON.stringify(body));
  }

  /** A body of any length, piece by piece. */
  async pour(path: string, take: (text: string) => Promise<void>): Promise<void> {
    const url = new URL(path, this.#base);
    const request = { method: "GET", url, headers: this.#headers(null), body: null } as const;
    const refusal = await receiveLines(request, take).catch((error: unknown) => {
      throw unreachable(this.#base, error);
    });
    if (refusal !== null) this.#read(refusal);
  }

  #headers(body: string | null): Readonly<Record<string, string>> {
    return {
      authorization: `Bearer ${this.#key}`,
      accept: "application/json",
      ...(body === null ? {} : { "content-type": "application/json" }),
    };
  }

  async #send(method: HttpRequest["method"], path: string, body: string | null) {
    const url = new URL(path, this.#base);
    const headers = this.#headers(body);
    const answer = await sendRequest({ method, url, headers, body }).catch((error: unknown) => {
      throw unreachable(this.#base, error);
    });
    return this.#read(answer, isConfigChange(path) ? "lines" : "line");
  }

  #read({ status, text }: HttpAnswer, shape: "line" | "lines" = "line"): unknown {
    const value = parseJson(text);
    if (status >= 200 && status < 300) {
      if (value === undefined && text !== "") throw notOurs(this.#base, status);
      return value;
    }
    const problem = readProblem(value);
    if (problem === null) throw notOurs(this.#base, status);
    const about = problem.requestId === "" ? "" : `, ${problem.requestId}`;
    const said = `${problem.detail} (${problem.code}${about})`;
    const lines = shape === "lines" ? said.split("\n") : [said];
    const detail = lines.map(printable).join("\n");
    throw cliFailure(status < 500 ? "refused" : "failed", detail);
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const notOurs = (base: URL, status: number) => {
  const why = `status ${status} without a body that Sekisho would send; is it the admin URL?`;
  return cliFailure("failed", `Cannot understand the answer of ${base.origin}: ${why}`);
};

const unreachable = (base: URL, error: unknown) => {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const advice = 'start it with "sekisho start", or name it with --url';
  return cliFailure("unreachable", `Cannot reach ${base.origin} (${code}): ${advice}`, error);
};

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");

const findServer = (folder: string, named: string | undefined): URL => {
  const text = named || readServerFile(folder)?.adminUrl;
  if (text === undefined) {
    const advice = 'start it with "sekisho start", or name it with --url or --data';
    throw cliFailure("unreachable", `No server runs on ${folder}: ${advice}`);
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw cliFailure("usage", `Cannot use ${text}: expected http://host:port`);
  }
  return url;
};
