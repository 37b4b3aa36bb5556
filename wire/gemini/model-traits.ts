/** From the first of them on a model thinks, from the second one on it demands signatures. */
const firstThinking = 2.5;
const firstSigning = 3;

/** A request may name so many stop sequences. */
export const maxStopSequences = 5;

/** A call that no Gemini has made is let pass by models that demand a signature under it. */
export const unsignedCall = "skip_thought_signature_validator";

/** `models/gemini-2.5-flash` is 2.5; null for what is no Gemini or names no version. */
function versionOf(model: string): number | null {
  const digits = /(?:^|\/)gemini-(\d{1,2}(?:\.\d{1,2})?)(?![\d.])/.exec(model)?.[1];
  return digits === undefined ? null : Number(digits);
}

const isFrom = (model: string, version: number): boolean =>
  (versionOf(model) ?? Infinity) >= version;

/** Does it take a `thinkingConfig`? A name that an account chose may be that of one that does. */
export const takesThinking = (model: string): boolean => isFrom(model, firstThinking);

/** Does it demand a signature under the first call of a turn? */
export const demandsSignatures = (model: string): boolean =>
  versionOf(model) !== null && isFrom(model, firstSigning);
