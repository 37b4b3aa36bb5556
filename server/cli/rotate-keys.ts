import type { KeyView, KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { fetchKeys, pairLines } from "./keys.ts";
import { cliFailure } from "./terminal.ts";

/** One key by its id, or all keys of the first start: then the server removes first-run.json. */
export async function rotateKeys(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const graceMs = options.durationMs("grace") ?? 0;
  const client = AdminClient.connect(invocation);
  const id = args[0];
  const ids = id === undefined ? await firstRunIds(client) : [id];
  const show = options.has("json") ? showJson : showLine;
  const rotated: KeyWithSecret[] = [];
  for (const keyId of ids) {
    const path = `/admin/keys/${encodeURIComponent(keyId)}/rotate`;
    // The server's own type: what is no answer of ours was refused by the client.
    const answer = (await client.send("POST", path, { graceMs })) as KeyWithSecret;
    // Shown at once: should the next one fail, this secret is not lost.
    show(answer, { terminal, isSingle: id !== undefined });
    rotated.push(answer);
  }
  terminal.err(`Rotated ${rotated.length === 1 ? "1 key" : `${rotated.length} keys`}. `);
  terminal.err(graceMs === 0 ? "The old ones ended at once.\n" : `Grace: ${graceMs} ms.\n`);
  return "ok";
}

interface Showing {
  readonly terminal: Invocation["terminal"];
  readonly isSingle: boolean;
}

const showJson = (answer: KeyWithSecret, { terminal }: Showing): void =>
  terminal.out(`${JSON.stringify(answer)}\n`);

const showLine = ({ key, secret, aws }: KeyWithSecret, { terminal, isSingle }: Showing): void => {
  const label = key.role === "client" ? "demo key " : "admin key";
  terminal.out(isSingle ? `${secret}\n${pairLines(aws)}` : `${label}  ${secret}\n`);
};

/** Demo keys, then admin keys, the one we ask with last: after it the old one opens nothing. */
const firstRunIds = async (client: AdminClient): Promise<string[]> => {
  const keys = (await fetchKeys(client, {})).filter(({ origin }) => origin === "first-run");
  if (keys.length === 0) {
    const why = "no key of the first start is left, or none that this admin key may see";
    throw cliFailure("refused", `Cannot rotate: ${why}; name an id`);
  }
  const rank = ({ role, id }: KeyView): number =>
    id === client.keyId ? 2 : role === "client" ? 0 : 1;
  return keys.toSorted((a, b) => rank(a) - rank(b)).map(({ id }) => id);
};
