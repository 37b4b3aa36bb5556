import { invokeHeaders } from "@sekisho/wire/bedrock/invoke/invoke-headers.data.ts";
import type { ResponsesRequest } from "@sekisho/wire/responses/responses-request.ts";
import type { HeaderFeature, SurfaceRequest } from "../request.ts";

const none: readonly HeaderFeature[] = [];
const betas: readonly HeaderFeature[] = [
  { feature: "betas", header: "anthropic-beta", isPremium: false },
];

/** What a request asks for outside of its body, in the words of the table of carriage. */
export function headerFeaturesOf(request: SurfaceRequest): readonly HeaderFeature[] {
  switch (request.surface) {
    case "anthropic.messages":
      return request.head.betas === null ? none : betas;
    case "bedrock.invoke":
      return [...request.head.headers].flatMap(([header, value]) => {
        const row = invokeHeaders.get(header);
        if (row === undefined) return [];
        return [{ feature: row.feature, header, isPremium: row.isPremium(value) }];
      });
    case "openai.responses":
      return leftOutOf(request.read);
    case "stream":
      return "leftOut" in request.read ? leftOutOf(request.read) : none;
    case "bedrock.converse":
    case "chat":
    case "gemini.generateContent":
    case "library":
    case "openai.chat":
    case "openai.completions":
    case "openai.embeddings":
    case "openai.moderations":
      return none;
  }
}

const leftOutOf = ({ leftOut }: Pick<ResponsesRequest, "leftOut">): readonly HeaderFeature[] =>
  leftOut.map(({ feature, field }) => ({ feature, header: field, isPremium: false }));
