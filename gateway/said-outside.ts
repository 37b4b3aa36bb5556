import type { AnyHead } from "./request.ts";

/**
 * What a request says outside of its body. What the configuration sets is no part of what a client
 * says.
 */
export function saidOutside(said: AnyHead): readonly unknown[] {
  const path = "path" in said ? said.path : null;
  const dialect = "dialect" in said ? said.dialect : null;
  return [said.surface, path, dialect, headersOf(said)];
}

function headersOf(said: AnyHead): unknown {
  if (said.surface !== "bedrock.invoke") return "head" in said ? said.head : null;
  return Object.fromEntries([...said.head.headers].sort(([a], [b]) => (a < b ? -1 : 1)));
}
