import { withoutPaths, withoutSecrets } from "@sekisho/wire/canonical/fault-row.ts";
import type { PackageFault } from "../package-fault.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** Kinds that are told apart; those beyond them are not told. */
const maxKinds = 256;

/** A package that throws is told of once for each provider, error and place. */
export class PackageFaults {
  readonly #log: GatewayLog;
  readonly #told = new Set<string>();

  constructor(log: GatewayLog) {
    this.#log = log;
  }

  record({ provider, model, code, error }: PackageFault): void {
    const thrown = thrownText(error);
    const place = placeOf(error);
    const kind = JSON.stringify([provider, thrown, place]);
    if (this.#told.has(kind) || this.#told.size >= maxKinds) return;
    this.#told.add(kind);
    this.#log.warn("a provider's package has thrown; this is said once", {
      event: "package.fault",
      provider,
      model,
      outcome: code,
      thrown,
      ...(place === null ? {} : { place }),
    });
  }
}

/** Errors of parsers quote what they read: it may be of a prompt. */
const quotedText = /"[^"]*\s[^"]*"?|`[^`]*\s[^`]*`?/g;

const thrownText = (error: unknown): string => {
  if (!(error instanceof Error)) return `no error but ${typeof error}`;
  const message = withoutPaths(
    withoutSecrets(error.message.slice(0, 2_000).replaceAll(quotedText, "…")),
  );
  return `${error.name}: ${message}`.slice(0, 240);
};

/** Where it was thrown: the first frame of its stack. */
function placeOf(error: unknown): string | null {
  if (!(error instanceof Error) || typeof error.stack !== "string") return null;
  const frame = error.stack.split("\n", 40).find((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  // Modules are imported anew when the configuration changes, under a name of that time.
  return (
    frame
      ?.trim()
      .replace(/\?[^:)]*(?=:)/, "")
      .slice(0, 240) ?? null
  );
}
