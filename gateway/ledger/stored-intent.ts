import type { Row } from "@sekisho/lib/storage/reader.ts";
import type { ArmRef } from "../split.ts";
import type { IntentRow, RowSubject } from "./ledger.ts";

const subjectColumns = [
  "tenant",
  "team",
  "key",
  "user",
  "session",
  "agent",
  "surface",
  "alias",
  "model",
  "provider",
  "region",
  "choice",
] as const satisfies readonly (keyof StoredSubject)[];

type StoredSubject = Omit<RowSubject, "given" | "leftOutMessages" | "tags">;

type StoredArm = readonly [split: string, arm: string, phase: number];

/**
 * What stands in the column `about`: values in the order of `subjectColumns`, accounts, reserved
 * tokens and the version of the price, which intents of versions before 0.2 have none of; the
 * messages that were left out, where some were, or the call fell to an arm or has tags; that arm,
 * null where tags alone follow; these.
 */
type IntentAbout = readonly [
  subject: readonly (string | null)[],
  accounts: readonly (readonly [account: string, windowStartMs: number])[],
  tokens?: readonly [input: number, output: number],
  priceVersion?: string | null,
  leftOutMessages?: number,
  arm?: StoredArm | null,
  tags?: readonly string[],
];

/** The column `about` of an intent. */
export function storedIntent({
  reserved,
  priceVersion,
  subject,
  accounts,
  arm,
}: IntentRow): string {
  const about: IntentAbout = [
    subjectParams(subject),
    accounts.map(({ account, windowStartMs }) => [account, windowStartMs]),
    [reserved.inputTokens, reserved.outputTokens],
    priceVersion,
    ...unusualOf(subject, arm ?? null),
  ];
  return JSON.stringify(about);
}

/** Most intents say nothing of it. */
function unusualOf(
  { leftOutMessages, tags }: RowSubject,
  arm: ArmRef | null,
): [] | [number] | [number, StoredArm] | [number, StoredArm | null, readonly string[]] {
  const fallen: StoredArm | null = arm === null ? null : [arm.split, arm.arm, arm.phase];
  if (tags !== undefined) return [leftOutMessages, fallen, tags];
  if (fallen !== null) return [leftOutMessages, fallen];
  return leftOutMessages === 0 ? [] : [leftOutMessages];
}

/** In the order of `subjectColumns`; spelled out, since it is made three times a call. */
const subjectParams = (subject: RowSubject): (string | null)[] => [
  subject.tenant,
  subject.team,
  subject.key,
  subject.user,
  subject.session,
  subject.agent,
  subject.surface,
  subject.alias,
  subject.model,
  subject.provider,
  subject.region,
  subject.choice,
];

/** The intent of a row of the table `intents`. */
export function intentOf(row: Row): IntentRow {
  // Written by this file alone, in this shape.
  const about = JSON.parse(String(row["about"])) as IntentAbout;
  const [subject, accounts, tokens, priceVersion = null, leftOutMessages = 0, arm = null, tags] =
    about;
  const [inputTokens, outputTokens] = tokens ?? [0, 0];
  return {
    id: String(row["id"]),
    timeMs: Number(row["time_ms"]),
    reserved: { nanoUsd: Number(row["reserved_nano_usd"]), inputTokens, outputTokens },
    priceVersion,
    subject: { ...toSubject(subject), leftOutMessages, ...(tags === undefined ? {} : { tags }) },
    accounts: accounts.map(([account, windowStartMs]) => ({ account, windowStartMs })),
    ...(arm === null ? {} : { arm: { split: arm[0], arm: arm[1], phase: arm[2] } }),
  };
}

function toSubject(values: readonly (string | null)[]): StoredSubject {
  const fields = subjectColumns.map((column, index) => [column, values[index] ?? null]);
  // The columns name every field of it.
  return Object.fromEntries(fields) as StoredSubject;
}
