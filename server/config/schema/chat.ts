import { z } from "zod";
import { decimal, millis, section, text, wholeNumber } from "./leaf.ts";

/** Where nobody says what the service calls. */
export const usualChatModel = "chat";

export const chat = section("The plain chat service, `POST /chat`.", {
  model: text("What it calls: a name under `models`.", 128).default(usualChatModel),
  systemPrompt: z
    .string()
    .max(16_384)
    .describe("The instruction of requests that bring none.")
    .default("You are a helpful AI assistant."),
  temperature: decimal("Sampling temperature; `null`: what the alias says.", { min: 0, max: 2 })
    .nullable()
    .default(0.5),
  topK: wholeNumber("Left out where a target has no words for it; `null` sends none.", {
    min: 1,
    max: 1_000_000,
  })
    .nullable()
    .default(200),
  circuit: section("When the service rests as a whole, beside its targets.", {
    failures: wholeNumber("Calls that fail one after the other and open it.", {
      min: 1,
      max: 1000,
    }).default(3),
    openMs: millis("How long it stays open.").default(30_000),
    successes: wholeNumber("Successes that close it.", { min: 1, max: 100 }).default(1),
  }).prefault({}),
}).prefault({});
