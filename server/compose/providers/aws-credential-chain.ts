import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import {
  type LoadedAwsCredential,
  RefreshedAwsCredentials,
} from "@sekisho/gateway/providers/bedrock/aws-credentials.ts";
import type { AwsCredentialSource } from "@sekisho/gateway/providers/bedrock/bedrock-provider.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { SigningCredential } from "@sekisho/lib/signature/sigv4-sign.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Config } from "../../config/schema.ts";

export interface AwsChainPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<GatewayLog, "warn">;
}

/**
 * AWS's standard chain, for every provider with `chain: true`: there is one environment, so there
 * is one chain. It asks nobody while no provider of the configuration wants it.
 */
export class AwsCredentialChain implements AwsCredentialSource, Disposable {
  readonly #ports: AwsChainPorts;
  #running: RefreshedAwsCredentials | null = null;
  /** What is served: also after `#running` was closed, for the calls that are under way then. */
  #source: AwsCredentialSource = { current: () => null };

  constructor(ports: AwsChainPorts) {
    this.#ports = ports;
  }

  current(): SigningCredential | null {
    return this.#source.current();
  }

  /**
   * Serves a configuration. One that wants the chain has it read, and read again when it was
   * before: files may have changed; what is held serves until then. Resolves when the load is over,
   * well or not, the first one after 5 s all the same; never rejects.
   */
  async serve(config: Config): Promise<void> {
    if (!wantsChain(config)) this[Symbol.dispose]();
    else if (this.#running !== null) await this.#running.refresh();
    else {
      const fresh = this.#refreshed();
      this.#running = fresh;
      this.#source = fresh;
      await fresh.start();
    }
  }

  [Symbol.dispose](): void {
    this.#running?.close();
    this.#running = null;
  }

  #refreshed(): RefreshedAwsCredentials {
    const { clock, random, log } = this.#ports;
    const warn = (reason: string): void => log.warn("the AWS credential chain warns", { reason });
    return new RefreshedAwsCredentials({
      clock,
      random,
      load: () => loadFromAwsChain(warn),
      onFailure: (error) =>
        log.warn("AWS credentials could not be loaded", { reason: failureReason(error) }),
    });
  }
}

const wantsChain = ({ providers }: Config): boolean =>
  Object.values(providers).some(({ credentials }) => credentials.some((each) => "chain" in each));

/**
 * Asks the chain once, with nothing remembered: environment, profile (also of SSO and assumed
 * roles), web identity, container, instance. The SDK reads the environment and its files itself.
 */
export async function loadFromAwsChain(warn: (said: string) => void): Promise<LoadedAwsCredential> {
  // Here and not above: 27 ms and 16 MB, for those alone who use it.
  const { fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
  const quiet = (): void => {};
  // Without a logger the SDK writes its warnings into our structured log.
  const logger = {
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: (said: unknown) => warn(String(said)),
    error: quiet,
  };
  const chain = fromNodeProviderChain({ ignoreCache: true, logger });
  // Without it the SDK asks again and again, without a pause, who lends what has expired.
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await chain({
    forceRefresh: true,
  });
  return {
    credential: { accessKeyId, secretAccessKey, sessionToken: sessionToken ?? null },
    expiresAtMs: expiration === undefined ? null : expiration.getTime(),
  };
}

const shownLength = 200;
/** But for names of variables. */
const longWord = /(?<![\w+/=.-])(?!(?:[A-Z]+_)+[A-Z]+\b)[\w+/=.-]{16,}/g;

/**
 * What a log line may say of a failure. Errors of the SDK can quote what they could not read
 * (SEC-9): nothing in quotes is shown, and no word long enough to be a key or a token.
 */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const safe = error.message.replace(/["'`].*["'`]/s, "…").replaceAll(longWord, "…");
  return `${error.name}: ${safe.replaceAll(/\s+/g, " ")}`.slice(0, shownLength);
}
