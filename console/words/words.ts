import type { english } from "./english.data.ts";

type Worded<T> = {
  readonly [Key in keyof T]: T[Key] extends string
    ? string
    : T[Key] extends (...args: infer Args) => string
      ? (...args: Args) => string
      : Worded<T[Key]>;
};

/** Every text of the console in one language: English decides what there is. */
export type Words = Worded<typeof english>;
