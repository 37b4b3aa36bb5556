import { noUsage, type Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

/** More than this in one answer is a provider's mistake, not a count. */
const maxTokens = 1_000_000_000;

/** Null when it is absent or absurd. */
const count = (record: JsonObject, key: string): number | null => {
  const value = record[key];
  const isCount = typeof value === "number" && Number.isInteger(value);
  return isCount && value >= 0 && value <= maxTokens ? value : null;
};

/**
 * Adds up what an answer tells of its usage, in one place or in several: counts are of the whole
 * answer so far, and one that is not repeated still holds.
 */
export class UsageTally {
  #input: number | null = null;
  #output: number | null = null;
  #cacheRead = 0;
  #cacheWrite = 0;
  #cacheWrite1h = 0;
  #reasoning = 0;

  add(value: unknown): void {
    if (!isObject(value)) return;
    this.#input = count(value, "input_tokens") ?? this.#input;
    this.#output = count(value, "output_tokens") ?? this.#output;
    this.#cacheRead = count(value, "cache_read_input_tokens") ?? this.#cacheRead;
    this.#cacheWrite = count(value, "cache_creation_input_tokens") ?? this.#cacheWrite;
    const { cache_creation: created, output_tokens_details: details } = value;
    if (isObject(created)) {
      const long = count(created, "ephemeral_1h_input_tokens") ?? this.#cacheWrite1h;
      const short = count(created, "ephemeral_5m_input_tokens") ?? 0;
      this.#cacheWrite1h = long;
      this.#cacheWrite = Math.max(this.#cacheWrite, long + short);
    }
    if (isObject(details)) {
      this.#reasoning = count(details, "thinking_tokens") ?? this.#reasoning;
    }
  }

  /** What is told of the prompt ahead of the answer: its output counts next to nothing. */
  get promptUsage(): Usage | null {
    const { usage } = this;
    return usage === null
      ? null
      : { ...usage, output: noUsage.output, reasoning: noUsage.reasoning };
  }

  /** In the canonical form, which like this dialect keeps cached tokens out of input (WIR-11). */
  get usage(): Usage | null {
    if (this.#input === null || this.#output === null) return null;
    const cacheWrite1h = Math.min(this.#cacheWrite, this.#cacheWrite1h);
    return {
      input: this.#input,
      output: Math.max(this.#output, this.#reasoning),
      cacheRead: this.#cacheRead,
      cacheWrite5m: this.#cacheWrite - cacheWrite1h,
      cacheWrite1h,
      reasoning: this.#reasoning,
    };
  }
}

/** Usage of a whole answer; null when it is absent or absurd. */
export function readUsage(value: unknown): Usage | null {
  const tally = new UsageTally();
  tally.add(value);
  return tally.usage;
}

export interface MessageUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number } | null;
  readonly server_tool_use: null;
}

export const writeUsage = (usage: Usage): MessageUsage => ({
  input_tokens: usage.input,
  cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
  cache_read_input_tokens: usage.cacheRead,
  cache_creation: {
    ephemeral_5m_input_tokens: usage.cacheWrite5m,
    ephemeral_1h_input_tokens: usage.cacheWrite1h,
  },
  output_tokens: usage.output,
  output_tokens_details: usage.reasoning === 0 ? null : { thinking_tokens: usage.reasoning },
  server_tool_use: null,
});
