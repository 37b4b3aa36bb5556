import type { TargetApi } from "@sekisho/gateway/target.ts";
import { messagesClient } from "./anthropic.ts";
import { converseClient, invokeClient } from "./bedrock.ts";
import type { FaultClient } from "./fault-client.ts";
import { generateClient } from "./gemini.ts";
import { chatClient, completionsClient } from "./openai.ts";
import { responsesClient } from "./responses.ts";

/** Every dialect that clients of these tests speak, each with the gateway's key. */
export const clientsOf = (api: TargetApi, key: string): readonly FaultClient[] => {
  const clients = [
    chatClient,
    responsesClient,
    messagesClient,
    converseClient,
    invokeClient,
    generateClient,
  ];
  // Completions become a chat before anything else happens: they are another way to one target.
  if (api === "openai.chat") clients.push(completionsClient);
  return clients.map((open) => open(key));
};
