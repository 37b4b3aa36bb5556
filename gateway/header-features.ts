import { invokeHeaders } from "@sekisho/wire/bedrock/invoke-headers.data.ts";
import type { HeaderFeature, SurfaceRequest } from "./request.ts";

const none: readonly HeaderFeature[] = [];

/** What a request asks for outside of its body, in the words of the table of carriage. */
export function headerFeaturesOf(request: SurfaceRequest): readonly HeaderFeature[] {
  switch (request.surface) {
    case "anthropic.messages":
      return request.head.betas === null ? none : [{ feature: "betas", header: "anthropic-beta" }];
    case "bedrock.invoke":
      return [...request.head.headers.keys()].flatMap((header) => {
        const feature = invokeHeaders.get(header);
        return feature === undefined ? [] : [{ feature, header }];
      });
    case "bedrock.converse":
    case "openai.chat":
    case "openai.completions":
      return none;
  }
}
