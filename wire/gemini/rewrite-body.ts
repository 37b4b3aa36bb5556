import type { BodyChanges } from "../canonical/body-changes.ts";
import { keepsAllSigned } from "../canonical/carried-reasoning.ts";
import { BodyEditor } from "../framing/body-editor.ts";
import { JsonScanner, type JsonScan } from "../framing/json-scan.ts";
import { refuse, type Refusal } from "../result.ts";
import { foreignReasoning, withoutForeignProofs } from "./foreign-words.ts";
import type { GenerateBody } from "./generate-body.ts";

/**
 * Top-level members that steer the call or its price, in both spellings: each may stand once in a
 * body, and where it stands is known.
 */
export const steeringKeys = [
  "contents",
  "tools",
  "generationConfig",
  "generation_config",
  "systemInstruction",
  "system_instruction",
  "toolConfig",
  "tool_config",
  "cachedContent",
  "cached_content",
] as const;

export type SteeringKey = (typeof steeringKeys)[number];

const configKeys = [
  "maxOutputTokens",
  "max_output_tokens",
  "candidateCount",
  "candidate_count",
  "temperature",
  "topP",
  "top_p",
] as const;

type ConfigKey = (typeof configKeys)[number];

/** The same inside `generationConfig`. */
const configScanner = new JsonScanner<ConfigKey>(configKeys);

/** A body's bytes, where its members stand, and what it says in one spelling. */
export interface ScannedBody {
  readonly bytes: Buffer;
  readonly scan: JsonScan<SteeringKey>;
  readonly body: GenerateBody;
}

const twice = (key: string): Refusal => {
  const why = `"${key}" stands in it more than once`;
  return refuse("duplicate_field", key, `Cannot read the body: ${why}`);
};

const spellings = [
  ["generationConfig", "generation_config"],
  ["systemInstruction", "system_instruction"],
  ["toolConfig", "tool_config"],
  ["cachedContent", "cached_content"],
] as const satisfies readonly (readonly SteeringKey[])[];

const configSpellings = [
  ["maxOutputTokens", "max_output_tokens"],
  ["candidateCount", "candidate_count"],
  ["topP", "top_p"],
] as const satisfies readonly (readonly ConfigKey[])[];

/** A limit that stands twice would be read in two ways, and paid for in one (SEC-5). */
export function findDuplicate(bytes: Buffer, scan: JsonScan<SteeringKey>): Refusal | null {
  for (const [name, other] of spellings) {
    if (scan.span(name) !== null && scan.span(other) !== null) return twice(name);
  }
  const config = configOf(bytes, scan);
  if (config === null) return null;
  const scanned = configScanner.scan(config);
  if (!scanned.ok) {
    if (scanned.code !== "duplicate_field") return null;
    return { ...scanned, path: `generationConfig.${scanned.path}` };
  }
  for (const [name, other] of configSpellings) {
    if (scanned.value.span(name) === null || scanned.value.span(other) === null) continue;
    return twice(`generationConfig.${name}`);
  }
  return null;
}

function configOf(bytes: Buffer, scan: JsonScan<SteeringKey>): Buffer | null {
  const span = scan.span("generationConfig") ?? scan.span("generation_config");
  return span === null ? null : bytes.subarray(span.start, span.end);
}

/**
 * The body's bytes with these changes (WIR-10). The model's name stands in the path, and usage is
 * reported unasked.
 */
export function rewriteBody(scanned: ScannedBody, changes: BodyChanges): Buffer {
  const { bytes, body, scan } = scanned;
  const editor = new BodyEditor(scan);
  const members = membersToSet(body, changes);
  if (members.length > 0) {
    const key = scan.span("generation_config") === null ? "generationConfig" : "generation_config";
    editor.set(key, generationConfig(configOf(bytes, scan), members));
  }
  const { reasoning = keepsAllSigned } = changes;
  const list = scan.span("contents");
  const left = foreignReasoning(body, reasoning);
  const contents = list === null ? null : withoutForeignProofs({ bytes, list }, body, left);
  if (contents !== null) editor.set("contents", contents);
  return editor.applyTo(bytes);
}

type Member = readonly [key: "maxOutputTokens" | "temperature" | "topP", value: number];

const otherSpelling = {
  maxOutputTokens: "max_output_tokens",
  temperature: "temperature",
  topP: "top_p",
} as const satisfies Record<Member[0], ConfigKey>;

function generationConfig(config: Buffer | null, members: readonly Member[]): string {
  const scanned = config === null ? null : configScanner.scan(config);
  if (config === null || scanned === null || !scanned.ok) {
    // It is not there, or null.
    return `{${members.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
  }
  const editor = new BodyEditor(scanned.value);
  for (const [key, value] of members) {
    const other = otherSpelling[key];
    editor.set(scanned.value.span(other) === null ? key : other, String(value));
  }
  return editor.applyTo(config).toString("utf8");
}

function membersToSet(body: GenerateBody, { maxTokens, defaults }: BodyChanges): Member[] {
  const { maxOutputTokens, temperature, topP } = body.generationConfig ?? {};
  const members: Member[] = [];
  if (maxTokens !== undefined && maxTokens !== maxOutputTokens) {
    members.push(["maxOutputTokens", maxTokens]);
  }
  // Only for a client that chose neither.
  if (typeof temperature === "number" || typeof topP === "number") return members;
  if (defaults?.temperature !== undefined) members.push(["temperature", defaults.temperature]);
  if (defaults?.topP !== undefined) members.push(["topP", defaults.topP]);
  return members;
}
