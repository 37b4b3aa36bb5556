import type { Dice } from "../base/dice.ts";
import type { GatewayPlan, ProviderPlan } from "./gateway-plan.ts";
import type { Episode, EpisodeScope } from "./scenario.ts";

const everybody: EpisodeScope = { region: null, provider: null, credential: null, model: null };

/** Everything that befalls the providers of a world; what is strongest comes first. */
export function drawWeather(gateway: GatewayPlan, healMs: number, dice: Dice): Episode[] {
  const { providers } = gateway;
  return [
    ...drawRegions(providers, healMs, dice.fork("regions")),
    ...providers.flatMap((provider) =>
      drawProvider(provider, { gateway, healMs }, dice.fork(`provider ${provider.name}`)),
    ),
  ];
}

/** A whole region in trouble, whoever serves there. */
function drawRegions(providers: readonly ProviderPlan[], healMs: number, dice: Dice): Episode[] {
  const regions = [...new Set(providers.map(({ region }) => region))];
  return Array.from({ length: dice.pick([0, 1, 1, 2]) }, (_, index) => {
    const scope = { ...everybody, region: dice.pick(regions) };
    const fromMs = dice.between(0, healMs);
    const toMs = Math.min(healMs, fromMs + dice.magnitude(5_000, 60_000));
    const id = `episode region ${index}`;
    const kind = dice.weighted<Episode["kind"]>(troubles);
    return { id, scope, fromMs, toMs, kind, share: 1 };
  });
}

const troubles = {
  noise: 0,
  "random errors": 1,
  outage: 3,
  storm: 4,
  throttling: 1,
  stalls: 2,
  hang: 2,
  "brown-out": 2,
  flapping: 2,
  "revoked key": 0,
} as const satisfies Record<Episode["kind"], number>;

interface World {
  readonly gateway: GatewayPlan;
  readonly healMs: number;
}

function drawProvider(
  { name: provider, credentials }: ProviderPlan,
  { gateway, healMs }: World,
  dice: Dice,
): Episode[] {
  const others = Array.from({ length: dice.whole(0, 3) }, (_, index): Episode => {
    const kind = dice.weighted<Episode["kind"]>({ ...troubles, "revoked key": 3 });
    const fromMs = dice.between(0, healMs);
    const toMs = Math.min(healMs, fromMs + dice.magnitude(2_000, 60_000));
    const isOneModel = kind !== "revoked key" && dice.chance(0.2);
    const scope: EpisodeScope = {
      ...everybody,
      provider,
      credential: kind === "revoked key" ? dice.pick(credentials) : null,
      model: isOneModel ? dice.pick(gateway.prices).model : null,
    };
    const share = kind === "random errors" ? dice.pick([0.001, 0.1]) : dice.pick([0.5, 1]);
    return { id: `episode ${provider} ${index}`, scope, fromMs, toMs, kind, share };
  });
  // A probe that goes out after a storm gets no answer at all.
  const hung = others.filter(({ kind }) => kind === "storm" && dice.chance(0.3)).map(hangBehind);
  const share = dice.pick([0, 0.05, 0.15, 0.4]);
  const noise = { fromMs: 0, toMs: healMs, kind: "noise", share } as const;
  const scope = { ...everybody, provider };
  return [...hung, ...others, { id: `episode ${provider} noise`, scope, ...noise }];
}

const hangBehind = ({ id, scope, fromMs, toMs }: Episode): Episode => ({
  id: `${id} hang`,
  scope,
  fromMs: fromMs + (toMs - fromMs) / 4,
  toMs,
  kind: "hang",
  share: 1,
});
