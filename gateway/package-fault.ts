import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** What a package that asks a provider has thrown, and no provider has said. */
export interface PackageFault {
  readonly provider: string;
  readonly model: string;
  /** What its client is told. */
  readonly code: Code;
  readonly error: unknown;
}
