/**
 * The colour of a custom property, as the page now shows it: `--accent`, or `--accent/15` for 15 %
 * of it. A canvas knows neither custom properties nor `light-dark()`.
 */
export function shownColour(name: string, within: HTMLElement): string {
  const [property = "", share] = name.split("/");
  const probe = document.createElement("span");
  probe.style.color =
    share === undefined
      ? `var(${property})`
      : `color-mix(in oklab, var(${property}) ${share}%, transparent)`;
  within.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
