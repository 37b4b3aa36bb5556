import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** UTF-8 bytes of what the model says in an event. */
export function saidBytes(event: CanonicalEvent): number {
  switch (event.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return Buffer.byteLength(event.text);
    case "toolStart":
      return Buffer.byteLength(event.name);
    case "toolDelta":
      return Buffer.byteLength(event.arguments);
    case "start":
    case "toolEnd":
    case "citation":
    case "usage":
    case "ping":
    case "finish":
    case "error":
      return 0;
  }
}
