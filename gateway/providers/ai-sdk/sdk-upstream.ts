import type {
  Upstream,
  UpstreamCall,
  UpstreamHandler,
  UpstreamRequest,
} from "@sekisho/lib/http/upstream.ts";
import { SdkCall, type SdkAsked } from "./sdk-call.ts";

/**
 * One call to a model of a package, as a call to an upstream: head, pieces, end. So its stages, its
 * time-outs and its faults are those of any other attempt.
 */
export class SdkUpstream implements Upstream {
  readonly #asked: SdkAsked;

  constructor(asked: SdkAsked) {
    this.#asked = asked;
  }

  dispatch(_request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    return new SdkCall(this.#asked, handler).start();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
