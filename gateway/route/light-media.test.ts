import assert from "node:assert/strict";
import { test } from "node:test";
import { messagesProvider } from "@sekisho/wire/anthropic/codec.ts";
import { converseProvider, invokeProvider } from "@sekisho/wire/bedrock/codec.ts";
import type { CanonicalRequest, Part } from "@sekisho/wire/canonical/request.ts";
import { chatProvider } from "@sekisho/wire/openai/codec.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import { withLightMedia } from "./light-media.ts";

const writers = {
  openai: chatProvider("max_tokens"),
  anthropic: messagesProvider("2023-06-01"),
  converse: converseProvider,
  invoke: invokeProvider,
};

const models = ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "us.amazon.nova-pro-v1:0", "gpt-4"];
const types = ["image/png", "image/jpg", "image/bmp", "application/pdf", "text/plain", "video/mp4"];
const data = Buffer.from("some words").toString("base64");

const files = types.flatMap((mediaType): Part[] => [
  { kind: "image", source: { kind: "base64", mediaType, data } },
  { kind: "document", source: { kind: "base64", mediaType, data }, name: "a file" },
]);

function requestWith(part: Part): CanonicalRequest {
  const body = { model: "m", messages: [{ role: "user", content: "Hi" }] };
  const read = readChatRequest(Buffer.from(JSON.stringify(body)));
  const canonical = read.ok ? read.value.toCanonical() : read;
  assert.ok(canonical.ok);
  const result: Part = { kind: "toolResult", id: "t", parts: [part] };
  return {
    ...canonical.value,
    messages: [
      { role: "user", parts: [{ kind: "text", text: "Hi" }, part] },
      { role: "assistant", parts: [{ kind: "toolCall", id: "t", name: "f", arguments: "{}" }] },
      { role: "tool", parts: [result] },
    ],
  };
}

test("WIR-13 what a writer refuses of a file does not depend on its bytes", () => {
  let refused = 0;
  for (const [name, writer] of Object.entries(writers)) {
    for (const model of models) {
      for (const file of files) {
        const request = requestWith(file);
        const whole = writer.writeRequest(request, model);
        const light = writer.writeRequest(
          withLightMedia(request, () => true),
          model,
        );
        const told = whole.ok ? null : whole;
        if (told !== null) refused += 1;
        assert.deepEqual(light.ok ? null : light, told, `${name} ${model} ${JSON.stringify(file)}`);
      }
    }
  }
  assert.ok(refused > 0, "some of the files are refused");
});

test("nothing of a file's bytes is written to hear whether it can be", () => {
  for (const file of files) {
    const light = JSON.stringify(withLightMedia(requestWith(file), () => true));
    assert.ok(!light.includes(data));
  }
});
