/** Where a test process reads the seed of its properties. */
export const seedVariable = "SEKISHO_TEST_SEED";

/** What a change is judged by: what yesterday passed fails today only for what was changed. */
export const usualSeed = 1;

const option = "--seed=";
const most = 2 ** 31 - 1;

/** From arguments to the seed, and the arguments without it. Throws when it is none. */
export const takeSeed = (
  args: readonly string[],
): { readonly seed: number; readonly rest: string[] } => {
  const rest = args.filter((arg) => !arg.startsWith(option));
  const said = args.findLast((arg) => arg.startsWith(option))?.slice(option.length);
  if (said === undefined) return { seed: usualSeed, rest };
  if (said === "any") return { seed: Math.floor(Math.random() * most), rest };
  const seed = Number(said);
  if (said === "" || !Number.isInteger(seed) || seed < 0 || seed > most) {
    throw new Error(`"${option}${said}" must be a whole number from 0 to ${most}, or "any"`);
  }
  return { seed, rest };
};
