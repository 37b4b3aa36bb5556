/** A value of the configuration before and after a change; undefined: there was none. */
export type ValueChange = Readonly<Record<"before" | "after", unknown>>;

/** What the row of a change keeps of it: JSON, perhaps cut; null: there was no value. */
export interface AuditDetails {
  readonly before: string | null;
  readonly after: string | null;
}

/** Of each side, in UTF-16 units. */
const maxChars = 1024;
const cutMark = "…";
const hidden = "(secret)";

type JsonMap = Readonly<Record<string, unknown>>;

/** What of a value nobody is to read later: the configuration knows which. */
export type IsSecret = (path: readonly (string | number)[], value: unknown) => boolean;

/**
 * Old and new for the books: of maps only the keys that differ, of lists of maps only the items
 * that stand on one side, so that one limit of many is what is kept. Secrets are never in it: they
 * are replaced before anything is compared, so that not even a difference of them shows.
 */
export function auditDetails(
  { before, after }: ValueChange,
  path: readonly (string | number)[],
  isSecret: IsSecret,
): AuditDetails {
  const [old, now] = differing(
    withoutSecrets(before, path, isSecret),
    withoutSecrets(after, path, isSecret),
  );
  return { before: textOf(old), after: textOf(now) };
}

function withoutSecrets(
  value: unknown,
  path: readonly (string | number)[],
  isSecret: IsSecret,
): unknown {
  if (isSecret(path, value)) return hidden;
  if (Array.isArray(value)) {
    return value.map((item, at) => withoutSecrets(item, [...path, at], isSecret));
  }
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, below]) => [
    key,
    withoutSecrets(below, [...path, key], isSecret),
  ]);
  return Object.fromEntries(entries);
}

function differing(before: unknown, after: unknown): readonly [unknown, unknown] {
  if (isMap(before) && isMap(after)) return differingKeys(before, after);
  if (!isMapList(before) || !isMapList(after)) return [before, after];
  const [old, now] = [only(before, after), only(after, before)];
  // The same items in another order.
  return old.length + now.length === 0 ? [before, after] : [old, now];
}

function differingKeys(before: JsonMap, after: JsonMap): readonly [JsonMap, JsonMap] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const pairs = keys
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => [key, ...differing(before[key], after[key])] as const);
  return [
    Object.fromEntries(pairs.map(([key, old]) => [key, old])),
    Object.fromEntries(pairs.map(([key, , now]) => [key, now])),
  ];
}

const only = (items: readonly JsonMap[], others: readonly JsonMap[]): JsonMap[] => {
  const known = new Set(others.map((each) => JSON.stringify(each)));
  return items.filter((each) => !known.has(JSON.stringify(each)));
};

const isMap = (value: unknown): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isMapList = (value: unknown): value is readonly JsonMap[] =>
  Array.isArray(value) && value.every(isMap);

function textOf(value: unknown): string | null {
  // Its type forgets that nothing has no JSON.
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return null;
  if (text.length <= maxChars) return text;
  // Half of a pair would be stored as another character than the one that was hashed.
  return text.slice(0, maxChars - cutMark.length).toWellFormed() + cutMark;
}
