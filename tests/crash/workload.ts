import type { LedgerVerdict } from "@sekisho/wire/admin/audit.ts";
import type { ErasureView } from "@sekisho/wire/admin/erasure.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";
import { past } from "./past-calls.ts";
import { secrets, settingPath, settingValue, shop } from "./crash-config.ts";

/** A call whose answer its client has whole. */
export interface AnsweredCall {
  /** The name that the ledger has as its user. */
  readonly user: string;
  readonly id: string;
  /** As the answer's header says; null for a stream. */
  readonly costNanoUsd: number | null;
}

/** How far a change has come: it may have happened as soon as it was asked for. */
export type Progress = "not asked" | "asked" | "acknowledged";

/** What the outside world knows when the server is gone. */
export interface Witness {
  /** The step of the workload that was begun last. */
  doing: string;
  /** As the server printed it when it was ready; null when it never was. */
  adminKey: string | null;
  readonly begun: string[];
  readonly answered: AnsweredCall[];
  /** Secrets that must work, unless a later change of the same key was asked for. */
  made: { readonly id: string; readonly secret: string } | null;
  rotation: Progress;
  rotated: string | null;
  doomed: { readonly id: string; readonly secret: string } | null;
  revocation: Progress;
  setting: Progress;
  erasure: Progress;
  /** What stands for the erased name; null until it is known. */
  pseudonym: string | null;
}

export const newWitness = (): Witness => ({
  doing: "start",
  adminKey: null,
  begun: [],
  answered: [],
  made: null,
  rotation: "not asked",
  rotated: null,
  doomed: null,
  revocation: "not asked",
  setting: "not asked",
  erasure: "not asked",
  pseudonym: null,
});

/** A fixed run through everything that is durable. Rejects when the server dies in it. */
export class Workload {
  readonly #server: ServerProcess;
  readonly #witness: Witness;

  constructor(server: ServerProcess, witness: Witness) {
    this.#server = server;
    this.#witness = witness;
  }

  async run(): Promise<void> {
    await this.#step("a whole answer", () => this.#call("u1", secrets.till, false));
    await this.#step("a stream", () => this.#call("u2", secrets.till, true));
    await this.#step("vectors in parts", () => this.#vectors("u8"));
    await this.#step("a refused call", () => this.#refusedCall());
    await this.#step("a new key", () => this.#makeKey());
    await this.#step("a call by the new key", () => this.#callByNewKey());
    await this.#step("a rotated key", () => this.#rotateKey());
    await this.#step("a revoked key", () => this.#revokeKey());
    await this.#step("a change of the configuration", () => this.#changeSetting());
    await this.#step("a reload", () => this.#admin("POST", "/admin/config/reload"));
    await this.#step("calls side by side", () => this.#callsSideBySide());
    // In this order each run takes as many steps as the next: what is dropped is not erased.
    await this.#step("seals and drops", () => this.#awaitUpkeep());
    await this.#step("an erasure", () => this.#erase());
  }

  /** One whole answer, for itself. */
  call(user: string): Promise<void> {
    return this.#call(user, secrets.till, false);
  }

  async #step(name: string, run: () => Promise<void>): Promise<void> {
    this.#witness.doing = name;
    await run();
  }

  async #call(user: string, key: string, stream: boolean): Promise<void> {
    this.#witness.begun.push(user);
    const answer = await this.#post("/v1/chat/completions", key, {
      headers: { "x-sekisho-user": user, "x-sekisho-session": "s1" },
      body: {
        model: "plain",
        stream,
        messages: [{ role: "user", content: `Reply with exactly: hello ${user}` }],
      },
    });
    const text = await answer.text();
    const isWhole = stream ? text.endsWith("data: [DONE]\n\n") : text.includes("finish_reason");
    if (answer.status !== 200 || !isWhole) throw new Error(`${answer.status} for ${user}: ${text}`);
    this.#answered(user, answer);
  }

  /** One call of several requests: some of them may be served when the server dies. */
  async #vectors(user: string): Promise<void> {
    this.#witness.begun.push(user);
    const answer = await this.#post("/v1/embeddings", secrets.till, {
      headers: { "x-sekisho-user": user },
      body: { model: "embed", input: ["one text", "another text", "a third one"] },
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} for ${user}: ${text}`);
    this.#answered(user, answer);
  }

  #answered(user: string, answer: Response): void {
    const id = answer.headers.get("x-request-id")?.slice("req_".length) ?? "";
    const cost = answer.headers.get("x-sekisho-cost-nano-usd");
    const costNanoUsd = cost === null ? null : Number(cost);
    this.#witness.answered.push({ user, id, costNanoUsd });
  }

  async #refusedCall(): Promise<void> {
    const body = { model: "plain", messages: [{ role: "user", content: "Alms" }] };
    const answer = await this.#post("/v1/chat/completions", secrets.beggar, { body });
    if (answer.status !== 402) throw new Error(`Without money a call got ${answer.status}`);
    await answer.arrayBuffer();
  }

  async #makeKey(): Promise<void> {
    this.#witness.made = await this.#newKey();
  }

  async #callByNewKey(): Promise<void> {
    await this.#call("u3", this.#witness.made?.secret ?? "", false);
  }

  async #rotateKey(): Promise<void> {
    const witness = this.#witness;
    witness.rotation = "asked";
    const path = `/admin/keys/${witness.made?.id}/rotate`;
    const { secret } = await this.#admin<KeyWithSecret>("POST", path, { graceMs: 0 });
    witness.rotated = secret;
    witness.rotation = "acknowledged";
  }

  async #revokeKey(): Promise<void> {
    const witness = this.#witness;
    witness.doomed = await this.#newKey();
    witness.revocation = "asked";
    await this.#admin("DELETE", `/admin/keys/${witness.doomed.id}`);
    witness.revocation = "acknowledged";
  }

  async #changeSetting(): Promise<void> {
    this.#witness.setting = "asked";
    await this.#admin("PUT", `/admin/config/${settingPath}`, { value: settingValue });
    this.#witness.setting = "acknowledged";
  }

  async #erase(): Promise<void> {
    const { tenant, user } = past;
    this.#witness.erasure = "asked";
    const { pseudonym } = await this.#admin<ErasureView>("POST", "/admin/erase", { tenant, user });
    this.#witness.pseudonym = pseudonym;
    this.#witness.erasure = "acknowledged";
  }

  /** It comes by itself, a second after the start. */
  async #awaitUpkeep(): Promise<void> {
    await until("old days are dropped", async () => {
      const { parts } = await this.#admin<LedgerVerdict>("GET", "/admin/ledger/verify");
      return parts.length === 2 ? true : null;
    });
  }

  async #callsSideBySide(): Promise<void> {
    const users = ["u4", "u5", "u6", "u7"];
    await Promise.all(users.map((user, n) => this.#call(user, secrets.till, n % 2 === 0)));
  }

  async #newKey(): Promise<{ id: string; secret: string }> {
    const made = await this.#admin<KeyWithSecret>("POST", "/admin/keys", {
      tenant: shop,
      name: "made by the workload",
    });
    return { id: made.key.id, secret: made.secret };
  }

  /** The answer's body: the server's own, of the shape that the caller names. */
  async #admin<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await fetch(`${this.#server.ready.urls["admin"]}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#server.ready.adminKey}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status}`);
    return (await answer.json()) as Answer;
  }

  #post(
    path: string,
    key: string,
    { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body: object },
  ): Promise<Response> {
    return fetch(`${this.#server.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(body),
    });
  }
}
