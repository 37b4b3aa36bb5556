import { section, text } from "./leaf.ts";

export const moderations = section("`POST /v1/moderations`, judged by a chat model.", {
  model: text(
    "What judges where a request names none of the gateway's models: a name under `models`.",
    128,
  )
    .nullable()
    .default(null),
}).prefault({});
