import type { ReasoningRule } from "./carried-reasoning.ts";

/** What the gateway changes in a body that it passes on otherwise untouched. */
export interface BodyChanges {
  /** The provider's name of the model. */
  readonly model?: string;
  /** Takes the place of the client's own limit. */
  readonly maxTokens?: number;
  /** Asks for usage at the end of a stream, whatever the client asked for. */
  readonly streamUsage?: true;
  /** Only for a client that chose none. */
  readonly defaults?: { readonly temperature?: number; readonly topP?: number };
  /** Without it all signed reasoning goes back. */
  readonly reasoning?: ReasoningRule;
}
