import {
  RefundableBucket,
  type BucketRate,
  type Taken,
} from "@sekisho/lib/resilience/refundable-bucket.ts";
import type { RateKind, RateLevel, RatePolicy } from "@sekisho/wire/canonical/rate-level.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What an account gave a call, until the call is over. */
export interface Grant {
  readonly account: RateAccount;
  readonly requests: Claim | null;
  tokens: Claim | null;
}

/** In the bucket that it was taken from: a new configuration may have brought another one. */
interface Claim {
  readonly bucket: RefundableBucket;
  readonly taken: Taken;
}

/** What an account lacks for one more call. */
export interface RateShortage {
  readonly account: RateAccount;
  readonly kind: RateKind;
  /** Infinity where waiting does not help. */
  readonly waitMs: number;
  /** Tokens that are asked for. */
  readonly tokens: number;
}

/** How long one of the calls under way usually takes to end. */
const callEndsMs = 1_000;

/** What one owner of a rate has used. */
export class RateAccount {
  readonly owner: string;
  #limit: RateLimit;
  #policies: Policies;
  #requests: RefundableBucket | null;
  #tokens: RefundableBucket | null;
  #underWay = 0;
  /** Calls that other processes have under way for the owner, as far as they have told. */
  #elsewhere = 0;
  /** What was taken in this process since its start, but for what came back. */
  #taken = { requests: 0, tokens: 0 };

  constructor(owner: string, limit: RateLimit) {
    this.owner = owner;
    this.#limit = limit;
    this.#policies = policiesOf(limit);
    this.#requests = bucketFor(requestRate(limit), null);
    this.#tokens = bucketFor(tokenRate(limit), null);
  }

  get limit(): RateLimit {
    return this.#limit;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Only grows, but for requests that were refused later on. */
  get taken(): { readonly requests: number; readonly tokens: number } {
    return this.#taken;
  }

  /** Other processes have taken so much since they told last, and have so many calls under way. */
  takenElsewhere(more: { requests: number; tokens: number }, underWay: number, nowMs: number) {
    this.#elsewhere = underWay;
    takeFor(this.#requests, more.requests, nowMs);
    takeFor(this.#tokens, more.tokens, nowMs);
  }

  /** Takes the limit of a new configuration; buckets whose rate stays keep their level. */
  limitTo(limit: RateLimit): void {
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#policies = policiesOf(limit);
    this.#requests = bucketFor(requestRate(limit), this.#requests);
    this.#tokens = bucketFor(tokenRate(limit), this.#tokens);
  }

  /** Of several that are lacking, what takes longest to come; null where it can be granted. */
  shortage(tokens: number, nowMs: number): RateShortage | null {
    const { concurrent } = this.#limit;
    const isFull = concurrent !== null && this.#underWay + this.#elsewhere >= concurrent;
    const place = isFull ? this.#lacks("concurrent", callEndsMs, tokens) : null;
    return longer(longer(this.requestShortage(nowMs), place), this.tokenShortage(tokens, nowMs));
  }

  requestShortage(nowMs: number): RateShortage | null {
    const waitMs = this.#requests?.waitMs(1, nowMs) ?? 0;
    return waitMs === 0 ? null : this.#lacks("requests", waitMs, 0);
  }

  tokenShortage(tokens: number, nowMs: number): RateShortage | null {
    const waitMs = tokens === 0 ? 0 : (this.#tokens?.waitMs(tokens, nowMs) ?? 0);
    return waitMs === 0 ? null : this.#lacks("tokens", waitMs, tokens);
  }

  /** Gives a call what it asks for; nobody else may come between `shortage` and this. */
  grant(tokens: number, nowMs: number): Grant {
    this.#underWay += 1;
    this.#taken.requests += 1;
    const requests = claim(this.#requests, 1, nowMs);
    return { account: this, requests, tokens: claim(this.#tokens, tokens, nowMs) };
  }

  /** Takes a request that is no call: it is over at once. */
  count(nowMs: number): void {
    this.#taken.requests += 1;
    takeFor(this.#requests, 1, nowMs);
  }

  /** The tokens of a call that was granted none before. */
  grantTokens(grant: Grant, tokens: number, nowMs: number): void {
    grant.tokens = claim(this.#tokens, tokens, nowMs);
  }

  /** The call is over: so many requests and tokens were used. */
  settle(grant: Grant, used: { requests: number; tokens: number }, nowMs: number): void {
    this.#underWay -= 1;
    this.#taken.requests += used.requests - 1;
    this.#taken.tokens += used.tokens;
    const { requests, tokens } = grant;
    requests?.bucket.settle(requests.taken, used.requests, nowMs);
    tokens?.bucket.settle(tokens.taken, used.tokens, nowMs);
  }

  /** How long until a new account would be no different; Infinity while a call is under way. */
  freshInMs(nowMs: number): number {
    if (this.#underWay > 0) return Infinity;
    const requestsMs = this.#requests?.fullInMs(nowMs) ?? 0;
    return Math.max(requestsMs, this.#tokens?.fullInMs(nowMs) ?? 0);
  }

  levels(nowMs: number): RateLevel[] {
    const { requests, tokens, concurrent } = this.#policies;
    const found: RateLevel[] = [];
    if (this.#requests !== null) found.push(levelOf(requests, this.#requests, nowMs));
    if (this.#tokens !== null) found.push(levelOf(tokens, this.#tokens, nowMs));
    if (this.#limit.concurrent === null) return found;
    const remaining = Math.max(0, concurrent.limit - this.#underWay - this.#elsewhere);
    const nextInMs = remaining > 0 ? 0 : callEndsMs;
    found.push({ policy: concurrent, remaining, fullInMs: 0, nextInMs });
    return found;
  }

  #lacks(kind: RateKind, waitMs: number, tokens: number): RateShortage {
    return { account: this, kind, waitMs, tokens };
  }
}

export const rateName = (scope: RateLimit["scope"], kind: RateKind): string => `${scope}_${kind}`;

/** What takes longer to come is told: who waits for less is refused again. */
export const longer = (one: RateShortage | null, other: RateShortage | null): RateShortage | null =>
  one === null || (other !== null && other.waitMs > one.waitMs) ? other : one;

const requestRate = ({ requests }: RateLimit): BucketRate | null =>
  requests === null ? null : { amount: requests.perSecond, perMs: 1_000, burst: requests.burst };

const tokenRate = ({ tokensPerMinute: most }: RateLimit): BucketRate | null =>
  most === null ? null : { amount: most, perMs: 60_000, burst: most };

/** Every configuration has objects of its own: only what they say tells whether a rate changed. */
function bucketFor(rate: BucketRate | null, known: RefundableBucket | null) {
  if (rate === null) return null;
  const isSame = known?.rate.amount === rate.amount && known.rate.burst === rate.burst;
  return isSame ? known : new RefundableBucket(rate);
}

/** What is used at once. */
function takeFor(bucket: RefundableBucket | null, amount: number, nowMs: number): void {
  if (bucket === null || amount <= 0) return;
  bucket.settle(bucket.take(amount, nowMs), amount, nowMs);
}

const claim = (bucket: RefundableBucket | null, amount: number, nowMs: number): Claim | null =>
  bucket === null || amount === 0 ? null : { bucket, taken: bucket.take(amount, nowMs) };

type Policies = Readonly<Record<RateKind, RatePolicy>>;

/** Written once for each limit: as many accounts as its scope has owners share them. */
const policies = new WeakMap<RateLimit, Policies>();

function policiesOf(limit: RateLimit): Policies {
  const known = policies.get(limit);
  if (known !== undefined) return known;
  const { requests, tokensPerMinute, concurrent } = limit;
  const policy = (kind: RateKind, most: number, windowMs: number | null): RatePolicy => ({
    name: rateName(limit.scope, kind),
    kind,
    limit: most,
    windowMs,
  });
  const { burst, perSecond } = requests ?? { burst: 0, perSecond: 1 };
  const made: Policies = {
    requests: policy("requests", burst, (burst / perSecond) * 1_000),
    tokens: policy("tokens", tokensPerMinute ?? 0, 60_000),
    concurrent: policy("concurrent", concurrent ?? 0, null),
  };
  policies.set(limit, made);
  return made;
}

const levelOf = (policy: RatePolicy, bucket: RefundableBucket, nowMs: number): RateLevel => ({
  policy,
  remaining: bucket.remaining(nowMs),
  fullInMs: bucket.fullInMs(nowMs),
  nextInMs: bucket.waitMs(1, nowMs),
});
