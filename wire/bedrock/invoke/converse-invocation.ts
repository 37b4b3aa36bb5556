import type { BodyChanges } from "../../canonical/body-changes.ts";
import type { NativeWords } from "../../canonical/native-words.ts";
import type { ReadRequest } from "../../canonical/read-request.ts";
import type { RequestFacts } from "../../canonical/request-facts.ts";
import type { CanonicalRequest } from "../../canonical/request.ts";
import { refuse, type Parsed } from "../../result.ts";
import type { ConverseBody } from "../converse-body.ts";
import type { LimitPlace } from "../families.data.ts";
import { toCanonical } from "../to-canonical.ts";
import { withHeld, type HeldMember, type Holder, type NativeBody } from "./native-body.ts";

/** What was read of a native body that Converse has words for. */
export interface NativeReading {
  readonly native: NativeBody;
  readonly converse: ConverseBody;
  readonly facts: RequestFacts & { readonly nativeWords: NativeWords };
  readonly limit: LimitPlace & { readonly holder: Holder };
  /** The first member that only its maker's models understand; null without one. */
  readonly ownField: string | null;
}

/** A native body of a maker whose words are nearly those of Converse, or fewer. */
export class ConverseInvocation implements ReadRequest {
  readonly #reading: NativeReading;

  constructor(reading: NativeReading) {
    this.#reading = reading;
  }

  get facts(): NativeReading["facts"] {
    return this.#reading.facts;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    const { converse, facts, ownField } = this.#reading;
    const { model, stream } = facts;
    if (ownField !== null) return this.#refuse(ownField);
    const canonical = toCanonical(converse, { model, stream });
    return canonical.ok ? canonical : this.#refuse(canonical.path);
  }

  /** It has no other body than the one that was made of its bytes. */
  forget(): void {}

  /** The bytes for a model of the same maker: those of the client but for the changes (WIR-10). */
  rewrite(changes: BodyChanges): Buffer {
    const { native, limit } = this.#reading;
    return withHeld(native, limit.holder, this.#membersToSet(changes));
  }

  /** Defaults are only for a client that chose neither: many models refuse the two together. */
  #membersToSet({ maxTokens, defaults }: BodyChanges): HeldMember[] {
    const { converse, facts, limit } = this.#reading;
    const { temperature, topP } = converse.inferenceConfig ?? {};
    const members: HeldMember[] = [];
    if (maxTokens !== undefined && maxTokens !== facts.maxTokens) {
      members.push([limit.key, maxTokens]);
    }
    if (typeof temperature === "number" || typeof topP === "number") return members;
    if (defaults?.temperature !== undefined) members.push(["temperature", defaults.temperature]);
    if (defaults?.topP !== undefined) members.push(["topP", defaults.topP]);
    return members;
  }

  #refuse(path: string | null): Parsed<never> {
    const what = path === null ? "this body" : `"${path}"`;
    const maker = makers[this.#reading.facts.nativeWords];
    return refuse(
      "unsupported_by_target",
      path,
      `Cannot translate the request: only a model of ${maker} asked by InvokeModel carries ${what}`,
    );
  }
}

const makers: Readonly<Record<NativeWords, string>> = {
  claude: "Claude",
  nova: "Nova",
  "titan-text": "Titan Text",
};
