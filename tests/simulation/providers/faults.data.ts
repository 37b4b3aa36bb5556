/**
 * What may be wrong with one answer of a provider, and how likely it is among the faults of a
 * stream and of a whole answer. 0: it does not exist there.
 */
export const faults = {
  refused: { stream: 4, whole: 4 },
  "connect time-out": { stream: 2, whole: 2 },
  "cut before the head": { stream: 2, whole: 2 },
  "429": { stream: 6, whole: 6 },
  "500": { stream: 6, whole: 6 },
  "503": { stream: 4, whole: 4 },
  "401": { stream: 2, whole: 2 },
  "400": { stream: 2, whole: 2 },
  "refusal without end": { stream: 1, whole: 1 },
  "stall before the head": { stream: 3, whole: 3 },
  "stall after the head": { stream: 3, whole: 3 },
  "stall after the role": { stream: 3, whole: 0 },
  "stall in the middle": { stream: 4, whole: 3 },
  "end in the middle": { stream: 6, whole: 4 },
  "cut in the middle": { stream: 6, whole: 4 },
  "end before content": { stream: 2, whole: 0 },
  "cut before content": { stream: 2, whole: 0 },
  "error before content": { stream: 4, whole: 4 },
  "error after content": { stream: 5, whole: 0 },
  "broken event": { stream: 4, whole: 4 },
  "no usage": { stream: 4, whole: 4 },
  "absurd usage": { stream: 4, whole: 4 },
  "huge usage": { stream: 3, whole: 3 },
  "empty body": { stream: 2, whole: 3 },
  "HTML body": { stream: 2, whole: 3 },
  "empty object": { stream: 2, whole: 3 },
  "two terminals": { stream: 4, whole: 0 },
  "content after the end": { stream: 4, whole: 0 },
  "terminal without finish": { stream: 3, whole: 0 },
  "finish without terminal": { stream: 3, whole: 0 },
  "no content at all": { stream: 2, whole: 0 },
  "endless trickle": { stream: 3, whole: 0 },
  "connection kept open": { stream: 3, whole: 0 },
} as const;

export type Fault = keyof typeof faults | "none";

/** Faults of each kind of episode; null: whatever there is. */
export const faultsOfEpisode = {
  noise: null,
  "random errors": ["500", "503"],
  outage: ["refused", "connect time-out", "cut before the head"],
  storm: ["500", "503"],
  throttling: ["429"],
  stalls: ["stall before the head", "stall after the head", "stall in the middle"],
  hang: ["stall before the head"],
  "brown-out": ["none"],
  flapping: ["refused", "503"],
  "revoked key": ["401"],
} as const satisfies Record<string, readonly Fault[] | null>;
