/** How a command ended: name -> number and meaning. docs/operating/cli.md has the same table. */
export const exitCodes = {
  ok: { code: 0, meaning: "done" },
  failed: { code: 1, meaning: "something went wrong; the message says what" },
  usage: { code: 2, meaning: "the command line is wrong" },
  unreachable: { code: 3, meaning: "no server answers" },
  refused: { code: 4, meaning: "the server refused: wrong admin key, unknown id, invalid value" },
} as const;

export type Exit = keyof typeof exitCodes;
