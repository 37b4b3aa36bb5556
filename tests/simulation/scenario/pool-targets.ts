import type { GatewayPlan, PoolPlan, TargetPlan } from "./gateway-plan.ts";

/** A target as its pool has it. */
export interface PoolTarget extends TargetPlan {
  readonly weight: number;
  readonly priority: number;
}

/** The name under which the gateway keeps a target. */
export const targetId = ({ provider, credential, model }: TargetPlan): string =>
  `${provider}/${credential}/${model}`;

export const isSameTarget = (one: TargetPlan, other: TargetPlan): boolean =>
  targetId(one) === targetId(other);

/** The targets of a pool in the order of the file: a line is one for each credential it may use. */
export const poolTargets = (
  { lines }: Pick<PoolPlan, "lines">,
  { providers }: Pick<GatewayPlan, "providers">,
): PoolTarget[] =>
  lines.flatMap(({ provider, model, credential, weight, priority }) => {
    const known = providers.find(({ name }) => name === provider)?.credentials ?? [];
    const credentials = credential === null ? known : [credential];
    const share = weight / credentials.length;
    return credentials.map((each) => ({
      provider,
      credential: each,
      model,
      weight: share,
      priority,
    }));
  });

/** Those of the lowest priority: while they are well nobody else is asked. */
export function firstTargets(
  pool: Pick<PoolPlan, "lines">,
  gateway: Pick<GatewayPlan, "providers">,
): PoolTarget[] {
  const targets = poolTargets(pool, gateway);
  const lowest = Math.min(...targets.map(({ priority }) => priority));
  return targets.filter(({ priority }) => priority === lowest);
}
